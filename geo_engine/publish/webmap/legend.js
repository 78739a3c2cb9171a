/**
 * The key of the score, of what is switched on, and of what is drawn for the chosen area.
 * @module
 */
import { make } from "./elements.js";

/**
 * @param {object} data page data
 * @returns {{control: L.Control, update: (entries: Array<{title: string, swatch: () => Node}>) => void, updateChosen: (entries: Array<{title: string, swatch: () => Node}>) => void}}
 */
export function buildLegend(data) {
  const more = make("ul", { class: "plain legend-more" });
  const chosen = make("ul", { class: "plain legend-chosen", "aria-label": "Of the chosen area" });
  const Legend = L.Control.extend({
    onAdd() {
      const box = make(
        "section",
        { class: "legend", "aria-label": "Legend" },
        make("strong", {}, "Match to these weights"),
        make("div", { class: "quiet" }, "0 to 100; not a probability of success"),
        ramp(data),
        more,
        chosen,
      );
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return box;
    },
  });
  return {
    control: new Legend({ position: window.matchMedia("(max-width: 760px)").matches ? "topleft" : "bottomright" }),
    update: (entries) => fill(more, entries),
    updateChosen: (entries) => fill(chosen, entries),
  };
}

function fill(list, entries) {
  list.replaceChildren(...entries.map((entry) => make("li", {}, entry.swatch(), entry.keyTitle ?? entry.title)));
}

function ramp(data) {
  const bar = make("div", { class: "ramp", role: "img", "aria-label": "Colours from pale yellow at 0 to dark blue at 100" });
  bar.style.background = `linear-gradient(to right, ${data.ramp.map(([stop, colour]) => `${colour} ${stop}%`).join(", ")})`;
  const ticks = make("div", { class: "ticks", "aria-hidden": "true" }, ...[0, 25, 50, 75, 100].map((stop) => make("span", {}, `${stop}`)));
  return make("div", {}, bar, ticks);
}
