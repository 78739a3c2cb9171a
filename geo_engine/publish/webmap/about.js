/**
 * What the map rests on: weights and reasons, land, what was not tested, sources.
 * @module
 */
import { make, percent } from "./elements.js";

/**
 * @param {import("./types").PageData} data page data
 * @returns {HTMLElement}
 */
export function aboutView(data) {
  return make(
    "div",
    { class: "about" },
    make("p", {}, "A score is the match to these weights, 0 to 100. It is not a probability of success, and areas with close scores may not be separable."),
    make("p", {}, data.given ? "The sites are plots that were given to be ranked: nothing here says that one is on offer." : "The areas are areas of search, not plots on offer."),
    ...untested(data),
    make("h2", {}, "Criteria and weights"),
    ...data.criteria.map(criterion),
    make("h2", {}, "Rules"),
    data.rules.some((rule) => rule.rule) ? rules(data) : make("p", {}, "No rule keeps land out."),
    make("h2", {}, "Land"),
    pairs(data.land.map((row) => [row.title, row.hectares])),
    make("h2", {}, "The facility"),
    pairs(data.facility.needs.map((need) => [need.name, [need.total, need.range && `(${need.range})`].filter(Boolean).join(" ")])),
    ...data.facility.needs.filter((need) => need.source).map((need) => make("p", { class: "quiet" }, `${need.name}: ${need.source}`)),
    make("h2", {}, "Sources"),
    ...data.attribution.map((sentence) => make("p", { class: "quiet" }, sentence)),
    make("p", { class: "quiet" }, "Drawn with Leaflet (BSD 2-clause). Nothing on this page was loaded from the internet."),
  );
}

function untested(data) {
  const byTitle = new Map();
  for (const item of [...data.gaps, ...data.notAssessed]) {
    const key = item.title.trim().toLowerCase();
    byTitle.set(key, [...(byTitle.get(key) ?? []), item]);
  }
  if (!byTitle.size) {
    return [];
  }
  const entry = (items) => [make("dt", {}, items[0].title), make("dd", {}, ...items.flatMap(reason))];
  return [make("h2", {}, "Not tested"), make("dl", { class: "reasons" }, ...[...byTitle.values()].flatMap(entry))];
}

function reason(item) {
  return [make("div", {}, item.why), item.closedBy && make("div", { class: "quiet" }, `Would be closed by: ${item.closedBy}`)];
}

function criterion(entry) {
  return make(
    "details",
    {},
    make("summary", {}, make("span", {}, entry.name), make("span", { class: "number" }, percent(entry.weight))),
    make("p", {}, entry.why),
    entry.basis && make("p", { class: "quiet" }, `Thresholds: ${entry.basis}`),
    make("p", { class: "quiet" }, `Measured: ${entry.measure}. Data: ${[entry.layer, entry.source].filter(Boolean).join(", ")}`),
  );
}

function rules(data) {
  const rows = data.rules.filter((rule) => rule.rule).flatMap((rule) => [
    make("dt", {}, rule.title, make("span", { class: "number" }, rule.hectares)),
    make("dd", {}, rule.why),
  ]);
  return make("dl", { class: "reasons" }, ...rows);
}

function pairs(rows) {
  return make("dl", { class: "facts" }, ...rows.filter((row) => row[1]).map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
}
