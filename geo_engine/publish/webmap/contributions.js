/**
 * What each criterion adds to a score, as a table with bars that begin where the one before ended.
 * @module
 */
import { make, percent, scoreText } from "./elements.js";

const OF_WEIGHTS = "What each criterion adds. Each bar begins where the one above ends; its pale part is what the weight could add and this place does not earn.";
const OF_SCORE = "What each criterion adds: its part of the score, which is no weighted sum here. Each bar begins where the one above ends; nothing is drawn for the weight.";

/**
 * @param {import("./types").PageData} data
 * @param {import("./live/model.js").Model} model
 * @param {{values: string[], utilities: number[], parts: number[], score: number}} place
 * @returns {HTMLElement}
 */
export function contributionTable(data, model, place) {
  const sum = model.method().kind === "weighted_sum";
  const weights = model.weights();
  let reached = 0;
  const rows = data.criteria.map((criterion, number) => {
    const [points, utility] = [place.parts[number], place.utilities[number]];
    const known = !Number.isNaN(points);
    const bar = make(
      "div",
      { class: "part-bar", "aria-hidden": "true" },
      make("span", { class: "earned", style: `left:${reached}%;width:${known ? Math.max(points, 0) : 0}%` }),
      sum && make("span", { class: "missed", style: `left:${reached + (known ? points : 0)}%;width:${100 * weights[number] - (known ? points : 0)}%` }),
    );
    reached += known ? points : 0;
    const cell = (text) => make("td", { class: "number" }, text);
    return make(
      "tbody",
      {},
      make(
        "tr",
        {},
        make("th", { scope: "row" }, criterion.name, make("div", { class: "raw" }, place.values[number])),
        cell(Number.isNaN(utility) ? "unknown" : utility.toFixed(2)),
        cell(percent(100 * weights[number])),
        cell(known ? points.toFixed(1) : "unknown"),
      ),
      make("tr", { class: "bar-row", "aria-hidden": "true" }, make("td", { colspan: 4 }, bar, make("div", { class: "quiet" }, [criterion.layer, criterion.source].filter(Boolean).join(": ")))),
    );
  });
  return make(
    "table",
    { class: "parts" },
    make("caption", {}, sum ? OF_WEIGHTS : OF_SCORE),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Criterion"), ...["Utility", "Weight", "Points"].map((text) => make("th", { scope: "col", class: "number" }, text)))),
    ...rows,
    make("tfoot", {}, make("tr", {}, make("th", { scope: "row", colspan: 3 }, "Score"), make("td", { class: "number" }, scoreText(place.score)))),
  );
}
