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
 * @param {import("./types").PageData} data
 * @returns {{roads: L.Layer, borders: L.Layer, restyle: () => void}} `restyle` takes the colours of the page anew
 */
export function drawBase(map, data) {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  /** @type {Array<() => void>} */
  const stylings = [];
  const styled = (layer, style) => {
    stylings.push(() => layer.setStyle(style()));
    return layer.setStyle(style());
  };
  const canvas = L.canvas({ pane: "land", padding: 0.3 });
  const lines = L.canvas({ pane: "lines", padding: 0.3 });
  const shape = (rings, style, options = {}) =>
    styled(L.polygon(paths(rings, data.steps), { renderer: canvas, pane: "land", interactive: false, smoothFactor: 0.7, stroke: false, fillOpacity: 1, ...options }), style);
  const line = (Kind, parts, style, options) =>
    styled(new Kind(paths(parts, data.steps), { renderer: lines, pane: "lines", interactive: false, fill: false, ...options }), style);
  const road = (parts, style, options) => line(L.Polyline, parts, style, { smoothFactor: 1.2, ...options });

  const partOnly = data.base.area.length > 0;
  shape(data.base.land, () => ({ fillColor: colour(partOnly ? "land-beyond" : "land") })).addTo(map);
  if (partOnly) {
    shape(data.base.area, () => ({ fillColor: colour("land") })).addTo(map);
  }
  shape([WORLD, ...data.base.land], () => ({ fillColor: colour("sea"), color: colour("coast") }), {
    renderer: L.canvas({ pane: "sea", padding: 0.3 }), pane: "sea", stroke: true, weight: 0.8,
  }).addTo(map);
  const borders = L.layerGroup([line(L.Polygon, data.base.regions, () => ({ color: colour("region-line") }), { weight: 0.9, opacity: 0.55, dashArray: "5 3" })]);
  if (partOnly) {
    borders.addLayer(line(L.Polygon, data.base.area, () => ({ color: colour("ink") }), { weight: 1.6, opacity: 0.8 }));
  }
  const minor = road(data.base.roads, () => ({ color: colour("road") }), { weight: 0.9, opacity: 0.75 });
  const casing = road(data.base.motorways, () => ({ color: colour("halo") }), { weight: 3, opacity: 0.8 });
  const fast = road(data.base.motorways, () => ({ color: colour("motorway") }), { weight: 1.5, opacity: 0.9 });
  return { borders, roads: thinned(map, minor, [casing, fast]), restyle: () => stylings.forEach((style) => style()) };
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
