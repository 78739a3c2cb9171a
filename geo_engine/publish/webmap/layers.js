/**
 * Input layers as map layers, made when they are first shown.
 * @module
 */
import { make } from "./elements.js";
import { paths, place } from "./geometry.js";
import { sign } from "./symbols.js";

const AREA_OPACITY = 0.1;

/**
 * @param {import("./types").InputLayer} entry
 * @param {number} steps steps in a degree
 * @returns {{layer: L.Layer, fade: (opacity: number) => void}}
 */
export function inputLayer(entry, steps) {
  const group = L.featureGroup();
  const fade = (opacity) => {
    group.eachLayer((layer) => /** @type {L.Path} */ (layer).setStyle({ opacity, fillOpacity: opacity * (entry.shape === "area" ? AREA_OPACITY : 0.95) }));
  };
  group.once("add", () => {
    const renderer = L.canvas({ pane: "links", padding: 0.3, tolerance: 4 });
    for (const feature of entry.features) {
      group.addLayer(drawn(feature, entry, steps, renderer).bindTooltip(() => tip(feature, entry), { sticky: true, opacity: 1, className: "tip" }));
    }
  });
  return { layer: group, fade };
}

function drawn(feature, entry, steps, renderer) {
  if (feature.at) {
    return sign(place(feature.at, steps), entry, { renderer, pane: "links" });
  }
  const options = { renderer, pane: "links", color: entry.colour, weight: 1.6, opacity: 0.9 };
  if (entry.shape === "area") {
    return L.polygon(paths(feature.lines, steps), { ...options, fillColor: entry.colour, fillOpacity: AREA_OPACITY });
  }
  return L.polyline(paths(feature.lines, steps), options);
}

function tip(feature, entry) {
  const rows = entry.columns.map((column, index) => feature.values[index] && make("div", {}, `${column}: ${feature.values[index]}`));
  return make("div", {}, make("strong", {}, feature.name), make("div", { class: "quiet" }, entry.title), ...rows);
}
