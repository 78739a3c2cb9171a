/**
 * The card of one area: why it ranks where it ranks.
 * @module
 */
import { make, percent, rankedName } from "./elements.js";
import { waySections } from "./reach.js";

const OF_WEIGHTS = "What each criterion adds. The bar's length is the weight; its filled part is what the area earns.";
const OF_SCORE = "What each criterion adds: its part of the score, which is no weighted sum here. The bar's length is that part; nothing is drawn for the weight.";

/**
 * @param {object} data page data
 * @param {number} index number of the site
 * @param {{back: () => void, pick: (index: number) => void}} actions
 * @param {object|null} ways from `drawWays`, where the study asks for routes or connections
 * @returns {HTMLElement}
 */
export function areaCard(data, index, actions, ways) {
  const site = data.sites[index];
  const title = make("h2", { tabindex: -1 }, rankedName(site));
  return make(
    "article",
    { class: "card" },
    navigation(data, index, actions),
    title,
    facts(data, site),
    make("p", {}, make("strong", {}, "Strongest: "), site.strongest.join("; "), make("br"), make("strong", {}, "Weakest: "), site.weakest),
    site.unreachable && make("p", { class: "note" }, "Part of this area cannot be reached over the network."),
    ...(ways ? waySections(data.ways, index, ways) : []),
    contributions(data, site),
    demandServed(data, index),
    data.notTested && make("p", { class: "untested" }, data.notTested.replace(/^Not tested:/, "Not tested here:")),
  );
}

function navigation(data, index, actions) {
  const button = (label, act, enabled) => {
    const element = make("button", { type: "button", disabled: !enabled }, label);
    element.addEventListener("click", act);
    return element;
  };
  return make(
    "nav",
    { class: "card-nav", "aria-label": "Areas" },
    button("← All areas", actions.back, true),
    make("span", { class: "spring" }),
    button("Previous", () => actions.pick(index - 1), index > 0),
    button("Next", () => actions.pick(index + 1), index < data.sites.length - 1),
  );
}

function facts(data, site) {
  const rows = [
    ["Score", `${site.score.toFixed(1)} of 100`],
    ["Region", site.region],
    ["Grid reference", site.gridRef],
    ["Land", site.hectares],
    ["Tier", site.tier],
    ["Rank, 5 to 95 % of draws", site.interval],
    ["Position", `${(site.at[0] / data.steps).toFixed(4)}, ${(site.at[1] / data.steps).toFixed(4)} (lat, lon)`],
  ].filter((row) => row[1]);
  return make("dl", { class: "facts" }, ...rows.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
}

function contributions(data, site) {
  const bars = data.weightedSum ? earnedOfWeights(data, site) : earned(site);
  const parts = site.parts.map((part, number) => contribution(part, data.criteria[number], bars[number]));
  return make(
    "table",
    { class: "parts" },
    make("caption", {}, data.weightedSum ? OF_WEIGHTS : OF_SCORE),
    make(
      "thead",
      {},
      make("tr", {}, make("th", { scope: "col" }, "Criterion"), ...["Utility", "Weight", "Points"].map((text) => make("th", { scope: "col", class: "number" }, text))),
    ),
    ...parts,
    make(
      "tfoot",
      {},
      make("tr", {}, make("th", { scope: "row", colspan: 3 }, "Score"), make("td", { class: "number" }, site.score.toFixed(1))),
    ),
  );
}

/** Length and fill of each bar, in per cent, where points are weight times utility. */
function earnedOfWeights(data, site) {
  const widest = Math.max(...data.criteria.map((criterion) => criterion.weight));
  return site.parts.map((part, number) => [(100 * data.criteria[number].weight) / widest, 100 * (part.utility ?? 0)]);
}

/** The same where points are parts of a score that is no weighted sum: nothing bounds them but the score. */
function earned(site) {
  const most = Math.max(...site.parts.map((part) => part.points ?? 0), Number.MIN_VALUE);
  return site.parts.map((part) => [(100 * Math.max(part.points ?? 0, 0)) / most, 100]);
}

function contribution(part, criterion, [length, fill]) {
  const bar = make("div", { class: "part-bar", "aria-hidden": "true" }, make("span"));
  bar.style.width = `${length}%`;
  bar.firstChild.style.width = `${fill}%`;
  const cell = (text) => make("td", { class: "number" }, text);
  return make(
    "tbody",
    {},
    make(
      "tr",
      {},
      make("th", { scope: "row" }, criterion.name, make("div", { class: "raw" }, part.value)),
      cell(part.utility === null ? "unknown" : part.utility.toFixed(2)),
      cell(percent(criterion.weight)),
      cell(part.points === null ? "unknown" : part.points.toFixed(1)),
    ),
    make("tr", { class: "bar-row", "aria-hidden": "true" }, make("td", { colspan: 4 }, bar, make("div", { class: "quiet" }, [criterion.layer, criterion.source].filter(Boolean).join(": ")))),
  );
}

function demandServed(data, index) {
  const served = data.demand ? data.demand.points.filter((point) => point.site === index) : [];
  if (!served.length) {
    return null;
  }
  return make(
    "div",
    {},
    make("h3", {}, `Best area for (${data.demand.title}, within ${data.demand.within})`),
    make("ul", {}, ...served.map((point) => make("li", {}, `${point.name}: ${point.time}, needs ${point.needs}`))),
  );
}
