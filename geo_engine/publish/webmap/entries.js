/**
 * Everything that can be switched on and off, by group, each with its sign.
 * @module
 */
import { COVERED, UNCOVERED } from "./demand.js";
import { make } from "./elements.js";
import { hatchLayer, hatchSwatch } from "./hatch.js";
import { placeLabels } from "./labels.js";
import { inputLayer } from "./layers.js";
import { isFree, readStatus } from "./live/status.js";
import { nearLayer, nearNote } from "./near.js";
import { legendSign } from "./symbols.js";

const TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png";
const FORCED = 31;

/**
 * @param {L.Map} map
 * @param {import("./types").PageData} data
 * @param {import("./live/land.js").Land} land
 * @param {{land: L.Layer, areas: L.FeatureGroup, demand: L.Layer|null, roads: L.Layer, borders: L.Layer}} layers
 * @returns {import("./switches.js").Entry[]}
 */
export function entriesOf(map, data, land, layers) {
  const plain = (className) => () => make("span", { class: `swatch ${className}`, "aria-hidden": "true" });
  const entry = (group, title, layer, on, swatch, more = {}) => ({ group, title, layer, on, swatch, ...more });
  return [
    entry("Result", "Ranked areas", layers.areas, true, plain("area-swatch")),
    entry("Result", "Suitability", layers.land, true, plain("ramp-swatch")),
    data.demand && layers.demand && entry("Result", `${data.demand.title}: best area within ${data.demand.within}`, layers.demand, false, pairSign, { note: "square: covered, with a line to its area; cross: uncovered", key: true }),
    ...ruleEntries(data, land),
    ...data.nearMisses.map((miss) => {
      const layer = nearLayer(miss, data, land);
      return entry("Near misses: land that fails one rule only", miss.title, layer, false, () => hatchSwatch(miss), { note: nearNote(miss), key: true, keyTitle: `Fails only “${miss.title}”`, fade: fadeAll(layer) });
    }),
    ...inputEntries(data, (group) => group !== "Context"),
    data.base.places.length && entry("Context", "Names of places", placeLabels(data, layers.areas), true, plain("name-swatch")),
    entry("Context", "Roads", layers.roads, true, plain("road-swatch")),
    entry("Context", "Borders of regions", layers.borders, true, plain("border-swatch")),
    ...inputEntries(data, (group) => group === "Context"),
    entry("Context", "Online tiles (needs internet)", tiles(map), false, plain("tile-swatch"), { note: "© OpenStreetMap contributors" }),
  ].filter(Boolean);
}

const pairSign = () => make("span", { class: "swatch pair" }, legendSign(COVERED), legendSign(UNCOVERED));

/** Land by what the rules say of it; what no cell shows is left out, but for the rules themselves. */
function ruleEntries(data, land) {
  return data.rules.flatMap((rule) => {
    const wanted = (status) => (rule.bits[0] === FORCED || !readStatus(status).forced || rule.bits[0] < 2 ? rule.bits.some((bit) => (status >>> bit) & 1) : false);
    const seen = rule.all ? (status) => wanted(status) && !isFree(status) : wanted;
    if (!data.live.statuses.some(seen)) {
      return [];
    }
    const layer = hatchLayer(rule, data.live.frame, land, seen);
    return [{ group: "Rules", title: rule.title, note: rule.hectares, layer, on: Boolean(rule.all), key: true, swatch: () => hatchSwatch(rule), fade: fadeAll(layer) }];
  });
}

function inputEntries(data, wanted) {
  return data.layers.filter((layer) => wanted(layer.group)).map((layer) => {
    const { layer: drawn, fade } = inputLayer(layer, data.steps);
    return { group: layer.group, title: layer.title, note: layer.source, layer: drawn, on: false, key: true, swatch: () => legendSign(layer), fade };
  });
}

/** Fade a layer of tiles, or a group with one in it. */
function fadeAll(layer) {
  return (opacity) => (layer.eachLayer ? layer.eachLayer((each) => (each.setOpacity ? each.setOpacity(opacity) : each.setStyle({ opacity, fillOpacity: 0.15 * opacity }))) : layer.setOpacity(opacity));
}

/** Online tiles, which take the place of our own land and sea while they are on. */
function tiles(map) {
  const layer = L.tileLayer(TILES, { maxZoom: 19, attribution: "© OpenStreetMap contributors" });
  const own = (shown) => ["land", "sea"].forEach((pane) => {
    map.getPane(pane).style.display = shown ? "" : "none";
  });
  return layer.on("add", () => own(false)).on("remove", () => own(true));
}
