/**
 * Up to three areas side by side.
 * @module
 */
import { button, make, moved, percent, rankText, scoreText } from "./elements.js";
import { readinessBriefly } from "./readiness.js";

const MOST = 3;

/**
 * @typedef {object} Pins
 * @property {HTMLElement} bar says what is pinned and opens the comparison
 * @property {(index: number) => void} toggle
 * @property {(index: number) => boolean} has
 * @property {() => void} update
 */

/**
 * @param {import("./types").PageData} data
 * @param {import("./live/model.js").Model} model
 * @param {() => void} changed
 * @returns {Pins}
 */
export function pinned(data, model, changed) {
  /** @type {number[]} */
  let kept = [];
  const dialog = make("dialog", { class: "compare", "aria-label": "Pinned areas side by side" });
  const said = make("span");
  const bar = make("div", { class: "pin-bar", hidden: true, role: "status" }, said, button("Compare", () => open()), button("Clear", () => set([])));
  document.body.append(dialog);

  const set = (next) => {
    kept = next;
    bar.hidden = !kept.length;
    said.textContent = `${kept.length} of ${MOST} pinned`;
    if (!kept.length) {
      dialog.close();
    }
    changed();
    fill();
  };
  const open = () => {
    fill();
    dialog.showModal();
  };
  const fill = () => {
    const close = button("Close", () => dialog.close());
    dialog.replaceChildren(make("div", { class: "compare-head" }, make("h2", {}, "Side by side"), make("span", { class: "spring" }), close), make("div", { class: "compare-frame", tabindex: 0, role: "region", "aria-label": "Comparison" }, comparison(data, model, kept)));
  };
  return {
    bar,
    has: (index) => kept.includes(index),
    toggle(index) {
      set(kept.includes(index) ? kept.filter((each) => each !== index) : [...kept, index].slice(-MOST));
    },
    update() {
      if (dialog.open) {
        fill();
      }
    },
  };
}

function comparison(data, model, kept) {
  const standings = model.standings();
  const weights = model.weights();
  const parts = kept.map((index) => model.sitePartsOf(index));
  const utilities = kept.map((index) => model.siteUtilities(index));
  const row = (title, cells, more = {}) => make("tr", more, make("th", { scope: "row" }, title), ...cells.map((cell) => make("td", {}, cell)));
  const briefly = kept.map((index) => readinessBriefly(data.readiness, index));
  const best = (values) => values.indexOf(Math.max(...values.map((value) => (Number.isNaN(value) ? -1 : value))));
  const criterion = (entry, number) => {
    const points = parts.map((each) => each[number]);
    const winner = best(points);
    return row(
      make("span", {}, entry.name, make("span", { class: "quiet" }, `weight ${percent(100 * weights[number])}`)),
      kept.map((index, place) =>
        make(
          "div",
          { class: place === winner && kept.length > 1 ? "best-cell" : null },
          make("strong", {}, data.sites[index].parts[number].value),
          make("span", { class: "quiet" }, `utility ${Number.isNaN(utilities[place][number]) ? "unknown" : utilities[place][number].toFixed(2)}, ${Number.isNaN(points[place]) ? "no" : points[place].toFixed(1)} points`),
        ),
      ),
    );
  };
  return make(
    "table",
    { class: "compare-table" },
    make("thead", {}, make("tr", {}, make("td"), ...kept.map((index) => make("th", { scope: "col" }, data.sites[index].name, make("span", { class: "quiet" }, data.sites[index].region))))),
    make(
      "tbody",
      {},
      row("Rank now", kept.map((index) => `${rankText(standings[index])} ${moved(model.first[index].rank, standings[index].rank).text}`)),
      row("Score now", kept.map((index) => scoreText(standings[index].score))),
      data.sites.some((site) => site.tier) && row("Tier (study's weights)", kept.map((index) => data.sites[index].tier || "–")),
      data.sites.some((site) => site.interval) && row("Rank, 5 to 95 % of draws", kept.map((index) => data.sites[index].interval || "–")),
      row("Land", kept.map((index) => data.sites[index].hectares)),
      ...data.criteria.map(criterion),
      briefly.some((each) => each.needs) && row("Needs", briefly.map((each) => each.needs || "–")),
      briefly.some((each) => each.overall) && row("Readiness", briefly.map((each) => each.overall || "–")),
    ),
  );
}
