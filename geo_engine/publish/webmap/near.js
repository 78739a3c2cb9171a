/**
 * Near misses: land that fails one rule only, hatched, with the areas that would be found there without that rule.
 * @module
 */
import { make } from "./elements.js";
import { paths } from "./geometry.js";
import { hatchLayer } from "./hatch.js";
import { failsOnly } from "./live/status.js";

/**
 * @param {import("./types").NearMiss} miss
 * @param {import("./types").PageData} data
 * @param {import("./live/land.js").Land} land
 * @returns {L.Layer}
 */
export function nearLayer(miss, data, land) {
  const group = L.featureGroup([hatchLayer(miss, data.live.frame, land, (status) => failsOnly(status, miss.bit))]);
  const renderer = L.svg({ pane: "outlines" });
  for (const area of miss.areas) {
    const style = { renderer, pane: "outlines", color: miss.colour, weight: 2.5, dashArray: "5 3", fillColor: miss.colour, fillOpacity: 0.15 };
    group.addLayer(L.polygon(paths(area.outline, data.steps), style).bindTooltip(() => tip(area, miss), { sticky: true, opacity: 1, className: "tip" }));
  }
  return group;
}

/**
 * @param {import("./types").NearMiss} miss
 * @returns {string}
 */
export function nearNote(miss) {
  const best = miss.areas[0];
  return best ? `${miss.hectares}; best area there would rank ${best.rank}, score ${best.score.toFixed(1)}` : miss.hectares;
}

function tip(area, miss) {
  return make(
    "div",
    {},
    make("strong", {}, area.name),
    make("div", { class: "quiet" }, [area.region, area.gridRef].filter(Boolean).join(" · ")),
    make("div", {}, `Would rank ${area.rank}, score ${area.score.toFixed(1)} of 100, without “${miss.title}”, which ${area.share} of it fails`),
  );
}
