/**
 * How far an area meets the facility's needs, and how ready it is: marks with their reasons, and what is to be done.
 * @module
 */
import { make } from "./elements.js";

const SIGNS = { green: "●", amber: "▲", red: "■", grey: "○", met: "●", short: "■", unknown: "○" };

/**
 * @param {import("./types").ReadinessData|undefined} all
 * @param {number} index number of the site
 * @returns {HTMLElement[]}
 */
export function readinessSections(all, index) {
  const found = all?.sites[index];
  if (!all || !found) {
    return [];
  }
  return [found.needs.length > 0 && needs(found), found.marks && readiness(all, found)].filter((section) => section instanceof HTMLElement);
}

/**
 * Say in one line how it stands, for the comparison of areas.
 * @param {import("./types").ReadinessData|undefined} all
 * @param {number} index
 * @returns {{needs: string, overall: string}}
 */
export function readinessBriefly(all, index) {
  const found = all?.sites[index];
  return { needs: found?.needs.map((need) => need.said).join("; ") ?? "", overall: found?.overall ?? "" };
}

function needs(found) {
  const rows = found.needs.map((need) =>
    make(
      "li",
      { class: "mark-row" },
      sign(need.state),
      make("span", {}, make("strong", {}, need.name), make("span", { class: "quiet" }, `needs ${need.wanted}; there ${need.there}`), need.evidence && make("span", { class: "quiet" }, need.evidence)),
    ),
  );
  return make("section", { class: "card-section", "aria-label": "Needs met" }, make("h3", {}, "Needs met"), make("ul", { class: "plain" }, ...rows));
}

function readiness(all, found) {
  const rows = found.marks.map((mark) =>
    make(
      "li",
      { class: "mark-row" },
      sign(mark.mark),
      make("span", {}, make("strong", {}, mark.subject), mark.required && make("span", { class: "required" }, "required"), mark.why && make("span", { class: "quiet" }, mark.why), mark.mark !== "green" && toDo(all, mark.subject)),
    ),
  );
  return make(
    "section",
    { class: "card-section", "aria-label": "Readiness" },
    make("h3", {}, "Readiness ", sign(found.overall)),
    make("p", {}, found.said),
    make("ul", { class: "plain" }, ...rows),
    all.gaps.length > 0 && gaps(all),
  );
}

/** What no layer covers is grey for every area, and told once. */
function gaps(all) {
  const rows = all.gaps.map((gap) => make("li", { class: "mark-row" }, sign("grey"), make("span", {}, make("strong", {}, gap.subject), gap.required && make("span", { class: "required" }, "required"), toDo(all, gap.subject))));
  return make("details", {}, make("summary", {}, `Not tested anywhere: ${all.gaps.length}`), make("ul", { class: "plain" }, ...rows));
}

function toDo(all, subject) {
  const actions = all.actions[subject];
  if (!actions) {
    return null;
  }
  const rows = actions.map((each) => make("li", {}, each.action, make("span", { class: "quiet" }, [each.cost !== "no figure" && each.cost, each.lead !== "no figure" && each.lead, each.source].filter(Boolean).join("; "))));
  return make("details", { class: "to-do" }, make("summary", {}, "What is to be done"), make("ul", {}, ...rows));
}

/** A mark by shape, colour and word. */
function sign(word) {
  return make("span", { class: `mark mark-${word}` }, make("span", { "aria-hidden": "true" }, SIGNS[word] ?? "○"), ` ${word}`);
}
