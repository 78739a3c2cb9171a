/**
 * The ranked table.
 * @module
 */
import { make } from "./elements.js";

/**
 * @param {object} data page data
 * @param {(index: number) => void} pick
 * @returns {HTMLElement}
 */
export function areaList(data, pick) {
  const notes = data.notes.map((note) => make("p", { class: "note" }, note));
  if (!data.sites.length) {
    return make("div", {}, make("p", {}, `No ${data.given ? "site" : "area"} passes every rule and has the land that the facility needs.`), ...notes);
  }
  const withTier = data.sites.some((site) => site.tier);
  const withInterval = data.sites.some((site) => site.interval);
  const table = make(
    "table",
    { class: "areas" },
    make("caption", {}, `${data.sites.length} ${data.noun}, best first. ${withInterval ? "Below each rank: where it lies in 90 % of the draws." : "Ranks carry no interval yet: close scores may not be separable."}`),
    make(
      "thead",
      {},
      make("tr", {}, heading("Rank"), heading(data.given ? "Site" : "Area"), withTier && heading("Tier"), make("th", { scope: "col", class: "number" }, "Score")),
    ),
    make("tbody", {}, ...data.sites.map((site, index) => row(site, index, pick, withTier))),
  );
  return make("div", {}, table, ...notes);
}

function heading(text) {
  return make("th", { scope: "col" }, text);
}

function row(site, index, pick, withTier) {
  const name = make("button", { type: "button", class: "row-button", "data-site": site.id }, site.name);
  name.addEventListener("click", () => pick(index));
  const bar = make("span", { class: "score-bar", "aria-hidden": "true" }, make("span"));
  bar.firstChild.style.width = `${site.score}%`;
  return make(
    "tr",
    {},
    make("td", {}, make("span", { class: "rank" }, `${site.rank}${site.tied ? "=" : ""}`), site.interval && make("div", { class: "quiet" }, site.interval)),
    make("td", {}, name, make("div", { class: "quiet" }, [site.region, site.gridRef].filter(Boolean).join(" · "))),
    withTier && make("td", {}, site.tier),
    make("td", { class: "number" }, make("strong", {}, site.score.toFixed(1)), bar),
  );
}
