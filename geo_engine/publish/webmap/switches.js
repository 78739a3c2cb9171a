/**
 * The layers by group, each with its sign and a switch.
 * @module
 */
import { make } from "./elements.js";

/**
 * @typedef {object} Entry
 * @property {string} group
 * @property {string} title
 * @property {string} [note]
 * @property {string} [keyTitle] in the legend, where the title says too little without its group
 * @property {L.Layer} layer
 * @property {boolean} on shown at the start
 * @property {boolean} [key] true where the legend on the map repeats the sign while it is shown
 * @property {() => Node} swatch
 * @property {(opacity: number) => void} [fade] sets the opacity, 0 to 1
 */

/**
 * @param {L.Map} map
 * @param {Entry[]} entries
 * @param {(shown: Entry[]) => void} changed
 * @returns {{element: HTMLElement, turnOn: (layer: L.Layer) => void}}
 */
export function layerSwitches(map, entries, changed) {
  const turns = new Map();
  const report = () => changed(entries.filter((entry) => entry.key && map.hasLayer(entry.layer)));
  const groups = [...new Set(entries.map((entry) => entry.group))];
  const boxes = groups.map((group) =>
    make(
      "fieldset",
      {},
      make("legend", {}, group),
      ...entries.filter((entry) => entry.group === group).map((entry) => switchOf(map, entry, report, turns)),
    ),
  );
  report();
  return { element: make("div", { class: "switches" }, ...boxes), turnOn: (layer) => turns.get(layer)?.() };
}

function switchOf(map, entry, report, turns) {
  const box = make("input", { type: "checkbox" });
  box.checked = entry.on;
  const apply = () => {
    if (box.checked) {
      map.addLayer(entry.layer);
    } else {
      map.removeLayer(entry.layer);
    }
    report();
  };
  box.addEventListener("change", apply);
  turns.set(entry.layer, () => {
    if (!box.checked) {
      box.checked = true;
      apply();
    }
  });
  if (entry.on) {
    map.addLayer(entry.layer);
  }
  const label = make(
    "label",
    { class: "switch" },
    box,
    entry.swatch(),
    make("span", {}, entry.title, entry.note && make("span", { class: "quiet" }, entry.note)),
  );
  if (!entry.fade) {
    return label;
  }
  const opacity = make("input", { type: "range", class: "fade", min: 10, max: 100, value: 100, "aria-label": `Opacity of ${entry.keyTitle ?? entry.title}`, hidden: !entry.on });
  opacity.addEventListener("input", () => entry.fade?.(Number(opacity.value) / 100));
  box.addEventListener("change", () => {
    opacity.hidden = !box.checked;
  });
  return make("div", { class: "switch-row" }, label, opacity);
}
