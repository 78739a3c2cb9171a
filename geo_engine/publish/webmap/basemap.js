/**
 * The base map from the study's own layers: land, the region studied, borders of regions, roads.
 * @module
 */
import { paths } from "./geometry.js";

const ROADS_FROM_ZOOM = 8;
const WORLD = [-80e5, -200e5, 160e5, 0, 0, 400e5, -160e5, 0]; // in steps of a degree, as a ring around everything

/**
 * Draw land, region and the sea over the surface's stepped edge at once; give the layers that a reader can switch.
 * @param {L.Map} map
 * @param {object} data page data
 * @returns {{roads: L.Layer, borders: L.Layer}}
 */
export function drawBase(map, data) {
  const colours = getComputedStyle(document.documentElement);
  const colour = (name) => colours.getPropertyValue(`--${name}`).trim();
  const canvas = L.canvas({ pane: "land", padding: 0.3 });
  const lines = L.canvas({ pane: "lines", padding: 0.3 });
  const shape = (rings, options) =>
    L.polygon(paths(rings, data.steps), { renderer: canvas, pane: "land", interactive: false, smoothFactor: 0.7, ...options });
  const road = (parts, options) =>
    L.polyline(paths(parts, data.steps), { renderer: lines, pane: "lines", interactive: false, smoothFactor: 1.2, ...options });

  const partOnly = data.base.area.length > 0;
  shape(data.base.land, { fillColor: colour(partOnly ? "land-beyond" : "land"), fillOpacity: 1, stroke: false }).addTo(map);
  if (partOnly) {
    shape(data.base.area, { fillColor: colour("land"), fillOpacity: 1, stroke: false }).addTo(map);
  }
  shape([WORLD, ...data.base.land], {
    renderer: L.canvas({ pane: "sea", padding: 0.3 }), pane: "sea", fillColor: colour("sea"), fillOpacity: 1, color: "#7d8f9e", weight: 0.8,
  }).addTo(map);
  const borders = L.layerGroup([
    L.polygon(paths(data.base.regions, data.steps), {
      renderer: lines, pane: "lines", interactive: false, fill: false, color: colour("region-line"), weight: 0.9, opacity: 0.55, dashArray: "5 3",
    }),
  ]);
  if (partOnly) {
    borders.addLayer(
      L.polygon(paths(data.base.area, data.steps), {
        renderer: lines, pane: "lines", interactive: false, fill: false, color: colour("ink"), weight: 1.6, opacity: 0.8,
      }),
    );
  }
  const minor = road(data.base.roads, { color: colour("road"), weight: 0.9, opacity: 0.75 });
  const casing = road(data.base.motorways, { color: "#ffffff", weight: 3, opacity: 0.8 });
  const fast = road(data.base.motorways, { color: colour("motorway"), weight: 1.5, opacity: 0.9 });
  return { borders, roads: thinned(map, minor, [casing, fast]) };
}

/** Roads that show all of themselves only from a zoom where there is room. */
function thinned(map, minor, always) {
  const group = L.layerGroup(always);
  const update = () => {
    if (map.getZoom() >= ROADS_FROM_ZOOM) {
      group.addLayer(minor);
    } else {
      group.removeLayer(minor);
    }
  };
  group.on("add", update);
  map.on("zoomend", update);
  update();
  return group;
}
