/**
 * Near misses: land that fails one rule only, hatched, with the areas that would be found there without that rule.
 * @module
 */
import { make } from "./elements.js";
import { paths } from "./geometry.js";
import { hatchLayer } from "./hatch.js";

/**
 * @param {object} miss entry of the page data's near misses
 * @param {object} data page data
 * @returns {L.Layer}
 */
export function nearLayer(miss, data) {
  const group = L.featureGroup();
  group.once("add", () => {
    if (miss.image) {
      group.addLayer(hatchLayer(miss, data.corners));
    }
    const renderer = L.svg({ pane: "outlines" });
    for (const area of miss.areas) {
      const style = { renderer, pane: "outlines", color: miss.colour, weight: 2.5, dashArray: "5 3", fillColor: miss.colour, fillOpacity: 0.15 };
      group.addLayer(L.polygon(paths(area.outline, data.steps), style).bindTooltip(() => tip(area, miss), { sticky: true, opacity: 1, className: "tip" }));
    }
  });
  return group;
}

/**
 * @param {object} miss
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
