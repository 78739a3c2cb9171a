/**
 * The key of what the land shows, with how it is spread, of what is switched on, and of what is drawn for the chosen area.
 * @module
 */
import { isSheet, make, penOf } from "./elements.js";
import { histogram } from "./live/spread.js";
import { colourAt } from "./surface.js";

const BINS = 50;
const HEIGHT = 34;

/**
 * @param {import("./types").PageData} data
 * @returns {{control: L.Control, show: (view: import("./views.js").View) => void, update: (entries: KeyEntry[]) => void, updateChosen: (entries: KeyEntry[]) => void}}
 * @typedef {{title: string, keyTitle?: string, swatch: () => Node}} KeyEntry
 */
export function buildLegend(data) {
  const more = make("ul", { class: "plain legend-more" });
  const chosen = make("ul", { class: "plain legend-chosen", "aria-label": "Of the chosen area" });
  const title = make("strong");
  const note = make("div", { class: "quiet" });
  const bars = spreadBars(data);
  const bar = make("div", { class: "ramp", role: "img" });
  const ticks = make("div", { class: "ticks", "aria-hidden": "true" });
  const Legend = L.Control.extend({
    onAdd() {
      const box = make("section", { class: "legend", "aria-label": "Legend" }, title, note, bars.element, bar, ticks, more, chosen);
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return box;
    },
  });
  return {
    control: new Legend({ position: isSheet() ? "topleft" : "bottomright" }),
    show(view) {
      const stops = data.live.ramps[view.ramp];
      title.textContent = view.title;
      note.textContent = view.note;
      bar.style.background = `linear-gradient(to right, ${stops.map(([stop, colour]) => `${colour} ${stop}%`).join(", ")})`;
      bar.setAttribute("aria-label", `Colours from ${view.ticks[0]} to ${view.ticks[view.ticks.length - 1]}`);
      ticks.replaceChildren(...view.ticks.map((tick) => make("span", {}, tick)));
      bars.show(view);
    },
    update: (entries) => fillKey(more, entries),
    updateChosen: (entries) => fillKey(chosen, entries),
  };
}

/**
 * Bars of how much land has which number, in the colours of the ramp.
 * @param {import("./types").PageData} data
 * @returns {{element: HTMLElement, show: (view: import("./views.js").View) => void}}
 */
export function spreadBars(data) {
  const canvas = make("canvas", { class: "spread", width: BINS * 5, height: HEIGHT * 2, role: "img" });
  return {
    element: canvas,
    show(view) {
      const numbers = view.numbers();
      const counts = histogram(view.factor === 1 ? numbers : numbers.map((number) => number * view.factor), BINS);
      const most = Math.max(...counts, 1);
      const pen = penOf(canvas);
      pen.clearRect(0, 0, canvas.width, canvas.height);
      counts.forEach((count, bin) => {
        pen.fillStyle = `rgb(${colourAt(data.live.ramps[view.ramp], ((bin + 0.5) * 100) / BINS).join(" ")})`;
        const height = (count / most) * canvas.height;
        pen.fillRect(bin * 5, canvas.height - height, 5, height);
      });
      const highest = counts.indexOf(most);
      canvas.setAttribute("aria-label", `How land is spread: most of it about ${Math.round(((highest + 0.5) * 100) / BINS)} of 100`);
    },
  };
}

function fillKey(list, entries) {
  list.replaceChildren(...entries.map((entry) => make("li", {}, entry.swatch(), entry.keyTitle ?? entry.title)));
}
