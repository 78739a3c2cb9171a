/**
 * Puts the page together.
 * @module
 */
import { aboutView } from "./about.js";
import { drawAreas } from "./areas.js";
import { drawBase } from "./basemap.js";
import { areaCard } from "./card.js";
import { COVERED, UNCOVERED, demandLayer, demandList } from "./demand.js";
import { make } from "./elements.js";
import { place } from "./geometry.js";
import { hatchLayer, hatchSwatch } from "./hatch.js";
import { placeLabels } from "./labels.js";
import { inputLayer } from "./layers.js";
import { buildLegend } from "./legend.js";
import { areaList } from "./list.js";
import { nearLayer, nearNote } from "./near.js";
import { buildPanel } from "./panel.js";
import { freeRoom } from "./room.js";
import { layerSwitches } from "./switches.js";
import { legendSign } from "./symbols.js";
import { drawWays } from "./ways.js";

const LEGEND_ROOM = 290;
const BEYOND = 0.8;
const SHEET_BEYOND = 3; // so that any place can come to the small free part above the open sheet
const POINT_ZOOM = 9;
const POINT_ROOM = 20; // for the signs at a line's ends
const TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png";

/**
 * Start the page.
 * @param {L.Map} map as folium made it
 * @param {L.ImageOverlay} surface the score's image
 * @param {object} data page data
 */
export function start(map, surface, data) {
  const bounds = L.latLngBounds(data.view);
  map.setMaxZoom(15).fitBounds(bounds, { paddingTopLeft: [12, 12], paddingBottomRight: [isSheet() ? 12 : LEGEND_ROOM, 12 + sheetPeek()], animate: false });
  map.setMinZoom(Math.max(map.getZoom() - 1, 3)).setMaxBounds(bounds.pad(isSheet() ? SHEET_BEYOND : BEYOND));
  L.control.zoom({ position: "topright" }).addTo(map);
  L.control.scale({ position: "bottomleft", imperial: true, maxWidth: 120 }).addTo(map);

  const base = drawBase(map, data);
  let panel = null;
  let opener = null;
  const pick = (index) => {
    const inside = document.activeElement;
    opener = inside && inside !== document.body && !inside.closest(".card") ? inside : opener;
    demand?.closeTip();
    areas.choose(index);
    ways?.choose(index);
    panel.show(areaCard(data, index, { back, pick }, ways));
    document.querySelector(".card h2").focus({ preventScroll: true });
    areas.fly(index);
  };
  const back = () => {
    panel.show(null);
    areas.choose(null);
    ways?.choose(null);
    opener?.focus({ preventScroll: true });
  };
  const areas = drawAreas(map, data, pick);
  const demand = data.demand && demandLayer(data);
  const legend = buildLegend(data);
  const ways = data.ways && drawWays(map, data, legend.updateChosen);
  map.addControl(legend.control);
  map.addControl(attribution(data));
  const switches = layerSwitches(map, entriesOf(map, surface, data, base, areas.layer, demand?.layer), legend.update);
  const go = (number) => {
    switches.turnOn(demand.layer);
    showPoint(map, data, data.demand.points[number]);
    demand.openTip(number);
  };
  map.on("click", () => demand?.closeTip());
  const views = [
    { title: "Areas", content: areaList(data, pick) },
    data.demand && { title: "Demand", content: demandList(data, go) },
    { title: "Layers", content: switches.element },
    { title: "About", content: aboutView(data) },
  ];
  panel = buildPanel(document.getElementById("panel"), data, views.filter(Boolean));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.querySelector(".card")) {
      back();
    }
  });
  map.getContainer().dataset.ready = "yes";
}

/** Show a demand point together with the area at its line's other end, where it has one. */
function showPoint(map, data, point) {
  const ends = [place(point.at, data.steps)];
  if (point.site !== null) {
    ends.push(place(data.sites[point.site].at, data.steps));
  }
  const room = freeRoom(map);
  map.fitBounds(L.latLngBounds(ends), {
    maxZoom: Math.max(map.getZoom(), POINT_ZOOM),
    paddingTopLeft: room.min.add([POINT_ROOM, POINT_ROOM]),
    paddingBottomRight: map.getSize().subtract(room.max).add([POINT_ROOM, POINT_ROOM]),
    animate: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
}

function entriesOf(map, surface, data, base, areaLayer, demandGroup) {
  const plain = (className) => () => make("span", { class: `swatch ${className}`, "aria-hidden": "true" });
  const masks = data.rules.filter((rule) => rule.image).map((rule) => ({
    group: "Rules",
    title: rule.title,
    note: rule.hectares,
    layer: hatchLayer(rule, data.corners),
    on: Boolean(rule.all),
    key: true,
    swatch: () => hatchSwatch(rule),
  }));
  const inputs = data.layers.map((entry) => ({
    group: entry.group,
    title: entry.title,
    note: entry.source,
    layer: inputLayer(entry, data.steps),
    on: false,
    key: true,
    swatch: () => legendSign(entry),
  }));
  const demand = data.demand && {
    group: "Result",
    title: `${data.demand.title}: best area within ${data.demand.within}`,
    note: "square: covered, with a line to its area; cross: uncovered",
    layer: demandGroup,
    on: false,
    key: true,
    swatch: () => make("span", { class: "swatch pair" }, legendSign(COVERED), legendSign(UNCOVERED)),
  };
  return [
    { group: "Result", title: "Ranked areas", layer: areaLayer, on: true, swatch: plain("area-swatch") },
    { group: "Result", title: "Suitability", layer: surface, on: true, swatch: plain("ramp-swatch") },
    demand,
    data.best && {
      group: "Result",
      title: "Chance to be among the best 5 % of land",
      note: "in the draws of weights; colours as for the score, 0 to 100 %",
      layer: L.imageOverlay(data.best, data.corners, { pane: "surface", className: "surface-image" }),
      on: false,
      key: true,
      swatch: plain("ramp-swatch"),
    },
    ...masks,
    ...data.nearMisses.map((miss) => ({
      group: "Near misses: land that fails one rule only",
      title: miss.title,
      note: nearNote(miss),
      layer: nearLayer(miss, data),
      on: false,
      key: true,
      keyTitle: `Fails only “${miss.title}”`,
      swatch: () => hatchSwatch(miss),
    })),
    ...inputs.filter((entry) => entry.group !== "Context"),
    data.base.places.length && { group: "Context", title: "Names of places", layer: placeLabels(data, areaLayer), on: true, swatch: plain("name-swatch") },
    { group: "Context", title: "Roads", layer: base.roads, on: true, swatch: plain("road-swatch") },
    { group: "Context", title: "Borders of regions", layer: base.borders, on: true, swatch: plain("border-swatch") },
    ...inputs.filter((entry) => entry.group === "Context"),
    { group: "Context", title: "Online tiles (needs internet)", note: "© OpenStreetMap contributors", layer: tiles(map), on: false, swatch: plain("tile-swatch") },
  ].filter(Boolean);
}

/** Online tiles, which take the place of our own land and sea while they are on. */
function tiles(map) {
  const layer = L.tileLayer(TILES, { maxZoom: 19 });
  const own = (shown) => ["land", "sea"].forEach((pane) => {
    map.getPane(pane).style.display = shown ? "" : "none";
  });
  return layer.on("add", () => own(false)).on("remove", () => own(true));
}

function isSheet() {
  return window.matchMedia("(max-width: 760px)").matches;
}

/** Pixels at the map's foot under the panel when it is a closed sheet. */
function sheetPeek() {
  return isSheet() ? 132 : 0;
}

function attribution(data) {
  const Sources = L.Control.extend({
    onAdd() {
      const box = make("details", { class: "sources" }, make("summary", {}, "Sources"), ...data.attribution.map((sentence) => make("p", {}, sentence)));
      L.DomEvent.disableClickPropagation(box);
      return box;
    },
  });
  return new Sources({ position: "bottomleft" });
}
