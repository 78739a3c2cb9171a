/**
 * Any place that a reader asks about: its score, what it is made of, which rules it fails, what lies near.
 * @module
 */
import { untestedHere } from "./card.js";
import { contributionTable } from "./contributions.js";
import { button, facts, make, percent, scoreText } from "./elements.js";
import { path, place as degreesOf } from "./geometry.js";
import { cellAt, centreOf } from "./live/frame.js";
import { writeReference } from "./live/places.js";
import { formatQuantity } from "./live/quantity.js";
import { percentile } from "./live/spread.js";
import { readStatus } from "./live/status.js";

/**
 * @param {import("./types").App} app
 * @param {number} lat
 * @param {number} lon
 * @param {string} name of the place, blank where it was pointed at
 * @returns {{element: HTMLElement, update: () => void}}
 */
export function placeCard(app, lat, lon, name) {
  const { data, model } = app;
  const { land } = model;
  const [easting, northing] = land.toStudy(lon, lat);
  const cell = cellAt(land.grid, easting, northing);
  const number = cell < 0 ? -1 : land.place[cell];
  const reference = data.live.nationalGrid ? writeReference(easting, northing) : "";
  const heading = name || reference || `${lat.toFixed(4)}, ${lon.toFixed(4)}`;
  const live = make("div", { "aria-live": "polite" });
  const update = () => live.replaceChildren(...(number < 0 ? [] : scored(app, number)));
  update();
  const element = make(
    "article",
    { class: "card place-card" },
    make("nav", { class: "card-nav", "aria-label": "Place" }, button("← All areas", app.back), make("span", { class: "spring" }), button("Zoom here", () => app.bringPoint(lat, lon))),
    make("h2", { tabindex: -1 }, heading),
    facts([
      ["Position", `${lat.toFixed(5)}, ${lon.toFixed(5)} (lat, lon)`],
      ["Grid reference", heading === reference ? "" : reference],
      ["Easting, northing", `${Math.round(easting).toLocaleString("en-GB")}, ${Math.round(northing).toLocaleString("en-GB")}`],
    ]),
    number < 0 ? make("p", { class: "note" }, `Outside ${data.region}: nothing is measured here.`) : standing(data, land.status[number]),
    live,
    number >= 0 && nearby(data, land, centreOf(land.grid, cell)),
    number >= 0 && make("p", { class: "quiet" }, `All figures are those of the middle of the ${formatQuantity(land.grid.cell, "m")} cell that holds the place.`),
    number >= 0 && untestedHere(data),
  );
  return { element, update };
}

/** What the rules say: why an area may or may not lie here. */
function standing(data, status) {
  const words = readStatus(status);
  const failed = data.rules.filter((rule) => rule.rule && words.failed.includes(rule.bits[0]));
  const lines = failed.map((rule) => make("li", {}, make("strong", {}, rule.title), rule.why && `: ${rule.why}`));
  if (words.forced && failed.length) {
    return make("div", { class: "verdict" }, make("p", {}, "Free by force, although it fails:"), make("ul", {}, ...lines));
  }
  if (failed.length) {
    return make("div", { class: "verdict not-here" }, make("p", {}, make("strong", {}, "Not here, because it fails "), failed.length === 1 ? "one rule, and no other:" : `${failed.length} rules:`), make("ul", {}, ...lines));
  }
  if (words.unknown) {
    return make("div", { class: "verdict not-here" }, make("p", {}, make("strong", {}, "Not here, because "), "a value is unknown that the study does not do without."));
  }
  const tested = data.rules.filter((rule) => rule.rule).length;
  return make("div", { class: "verdict" }, make("p", {}, tested ? `Passes ${tested === 1 ? "the one rule" : `all ${tested} rules`} that the study tests.` : "The study has no rule that keeps land out."), words.unreachable && make("p", {}, "Cannot be reached over the network."));
}

function scored({ data, model }, number) {
  const { land } = model;
  const score = model.score[number];
  const utilities = land.criteria.map(({ codes, worth }) => worth[codes[number]]);
  const values = land.criteria.map(({ codes, values: table }, criterion) => formatQuantity(table[codes[number]], data.criteria[criterion].unit));
  const share = percentile(model.score, score);
  return [
    facts([
      ["Score", Number.isNaN(score) ? "none: a value is unknown" : `${scoreText(score)} of 100`],
      ["Scores higher than", !Number.isNaN(share) && `${(Math.floor(share * 10) / 10).toFixed(1)} % of land with a score`],
      ["Among the best 5 %", land.best && !Number.isNaN(land.best[number]) && `in ${percent(land.best[number])} of draws (at the study's weights)`],
    ]),
    contributionTable(data, model, { values, utilities, parts: model.partsOf(utilities), score }),
  ];
}

/** The nearest facility of each kind that a criterion leads to, in a straight line. */
function nearby(data, land, from) {
  const rows = data.criteria.map((criterion, number) => {
    const near = nearest(data, land, number, from);
    return near && make("li", {}, make("span", {}, make("strong", {}, near.name), make("span", { class: "quiet" }, criterion.name)), make("span", { class: "number" }, formatQuantity(near.metres, "m")));
  });
  const found = rows.filter(Boolean);
  return found.length ? make("section", { class: "nearby", "aria-label": "Nearest facilities" }, make("h3", {}, "Nearest of each kind, in a straight line"), make("ul", { class: "plain" }, ...found)) : null;
}

function nearest(data, land, criterion, from) {
  let best = null;
  for (const layer of data.layers) {
    for (const feature of layer.features) {
      if (feature.criteria?.includes(criterion)) {
        const metres = distance(feature, data.steps, land, from, best?.metres ?? Infinity);
        if (metres < (best?.metres ?? Infinity)) {
          best = { name: feature.name, metres };
        }
      }
    }
  }
  return best;
}

/** Metres in study coordinates to a point, or to the nearest stretch of a line. */
function distance(feature, steps, land, [east, north], enough) {
  /** @type {(to: [number, number]) => [number, number]} */
  const away = ([lat, lon]) => {
    const [easting, northing] = land.toStudy(lon, lat);
    return [easting - east, northing - north];
  };
  if (feature.at) {
    const [x, y] = away(degreesOf(feature.at, steps));
    return Math.hypot(x, y);
  }
  let least = enough;
  for (const line of feature.lines) {
    const points = path(line, steps).map(away);
    for (let index = 1; index < points.length; index += 1) {
      least = Math.min(least, toStretch(points[index - 1], points[index]));
    }
  }
  return least;
}

function toStretch([x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const share = length ? Math.min(Math.max(-(x0 * dx + y0 * dy) / length, 0), 1) : 0;
  return Math.hypot(x0 + share * dx, y0 + share * dy);
}
