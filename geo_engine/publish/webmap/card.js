/**
 * The card of one area: why it ranks where it ranks.
 * @module
 */
import { contributionTable } from "./contributions.js";
import { button, facts, make, moved, percent, rankText, rankedName, scoreText } from "./elements.js";
import { waySections } from "./reach.js";
import { readinessSections } from "./readiness.js";

/**
 * @param {import("./types").App} app
 * @param {number} index number of the site
 * @returns {{element: HTMLElement, update: () => void}}
 */
export function areaCard(app, index) {
  const { data, model } = app;
  const site = data.sites[index];
  const title = make("h2", { tabindex: -1 });
  const summary = make("div");
  const parts = make("div", { "aria-live": "polite" });
  const pin = button("", () => {
    app.pins.toggle(index);
    update();
  });
  const update = () => {
    const standing = model.standings()[index];
    title.textContent = rankedName(site, standing);
    summary.replaceChildren(...summaryOf(app, index, standing));
    const values = site.parts.map((part) => part.value);
    parts.replaceChildren(contributionTable(data, model, { values, utilities: model.siteUtilities(index), parts: model.sitePartsOf(index), score: standing.score }));
    const pinned = app.pins.has(index);
    pin.textContent = pinned ? "★ Pinned" : "☆ Pin to compare";
    pin.setAttribute("aria-pressed", String(pinned));
  };
  update();
  const element = make(
    "article",
    { class: "card" },
    navigation(app, index, pin),
    title,
    summary,
    site.unreachable && make("p", { class: "note" }, "Part of this area cannot be reached over the network."),
    ...(app.ways && data.ways ? waySections(data.ways, index, app.ways) : []),
    ...readinessSections(data.readiness, index),
    parts,
    demandServed(data, index),
    untestedHere(data),
  );
  return { element, update };
}

function navigation(app, index, pin) {
  const order = app.order();
  const place = order.indexOf(index);
  const step = (label, to) => button(label, () => app.pick(order[to]), { disabled: to < 0 || to >= order.length });
  return make(
    "nav",
    { class: "card-nav", "aria-label": "Areas" },
    button("← All areas", app.back),
    make("span", { class: "spring" }),
    pin,
    step("Previous", place - 1),
    step("Next", place + 1),
  );
}

function summaryOf({ data, model }, index, standing) {
  const site = data.sites[index];
  const before = model.first[index];
  const change = moved(before.rank, standing.rank);
  const utilities = model.siteUtilities(index);
  const weights = model.weights();
  const parts = model.sitePartsOf(index);
  const byUtility = data.criteria.map((_, number) => number).sort((one, other) => (utilities[other] || 0) - (utilities[one] || 0) || weights[other] - weights[one] || one - other);
  const lost = (number) => 100 * weights[number] - (parts[number] || 0);
  const weakest = data.criteria.map((_, number) => number).sort((one, other) => lost(other) - lost(one) || one - other)[0];
  const now = model.isStudys() ? "" : `; ${scoreText(before.score)} and rank ${rankText(before)} at the study's weights`;
  const atStudy = model.isStudys() ? "" : " (at the study's weights)";
  return [
    facts([
      ["Score", `${scoreText(standing.score)} of 100${now}`],
      ["Moved", change.text && change.said],
      ["Region", site.region],
      ["Grid reference", site.gridRef],
      ["Land", site.hectares],
      ["Tier", site.tier && `${site.tier}${atStudy}`],
      ["Rank, 5 to 95 % of draws", site.interval && `${site.interval}${atStudy}`],
      ["Rank 1 in", site.first !== null && `${percent(site.first)} of draws${atStudy}`],
      ["Position", `${(site.at[0] / data.steps).toFixed(4)}, ${(site.at[1] / data.steps).toFixed(4)} (lat, lon)`],
    ]),
    make("p", {}, make("strong", {}, "Strongest: "), byUtility.slice(0, 2).map((number) => data.criteria[number].name).join("; "), make("br"), make("strong", {}, "Weakest: "), data.criteria[weakest]?.name),
  ];
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

/**
 * @param {import("./types").PageData} data
 * @returns {HTMLElement|string}
 */
export function untestedHere(data) {
  return data.notTested && make("p", { class: "untested" }, data.notTested.replace(/^Not tested:/, "Not tested here:"));
}
