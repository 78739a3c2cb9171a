/**
 * Whom the areas serve: demand points, a line to the best area within reach, or none.
 * @module
 */
import { make, rankedName } from "./elements.js";
import { place } from "./geometry.js";
import { sign } from "./symbols.js";

export const COVERED = { shape: "square", colour: "#0b5cad" };
export const UNCOVERED = { shape: "cross", colour: "#c2410c" };

/**
 * @param {import("./types").PageData & {demand: import("./types").Demand}} data page data with demand
 * @returns {{layer: L.Layer, openTip: (number: number) => void, closeTip: () => void}}
 */
export function demandLayer(data) {
  const group = L.featureGroup();
  const signs = [];
  let opened = null;
  group.once("add", () => {
    const renderer = L.canvas({ pane: "links", padding: 0.3, tolerance: 4 });
    for (const point of data.demand.points) {
      const at = place(point.at, data.steps);
      if (point.site !== null) {
        const target = place(data.sites[point.site].at, data.steps);
        group.addLayer(L.polyline([at, target], { renderer, pane: "links", color: COVERED.colour, weight: 1.8, dashArray: "6 4", interactive: false }));
      }
      const style = point.site === null ? UNCOVERED : COVERED;
      const drawn = sign(at, style, { renderer, pane: "links", radius: 6.5 }).bindTooltip(() => tip(point, data), { sticky: true, opacity: 1, className: "tip" });
      signs.push(drawn);
      group.addLayer(drawn);
    }
  });
  const closeTip = () => {
    opened?.closeTooltip();
    opened = null;
  };
  return {
    layer: group,
    closeTip,
    openTip(number) {
      closeTip();
      opened = signs[number];
      opened.openTooltip(opened.getLatLng());
    },
  };
}

/**
 * Say in words how a demand point is served.
 * @param {object} point
 * @param {import("./types").PageData & {demand: import("./types").Demand}} data page data with demand
 * @returns {string}
 */
export function servedBy(point, data) {
  if (point.site !== null) {
    const site = data.sites[point.site];
    return `${rankedName(site, site)}: ${point.time}`;
  }
  const nearest = point.nearest === null ? null : data.sites[point.nearest];
  const quickest = nearest ? `; the quickest, area ${nearest.rank}, is ${point.nearestTime} away` : "";
  return `Uncovered: no area within ${data.demand.within}${quickest}`;
}

function tip(point, data) {
  return make(
    "div",
    {},
    make("strong", {}, point.name),
    make("div", {}, `Needs ${point.needs}`),
    make("div", {}, servedBy(point, data)),
  );
}

/**
 * The demand as a list for the panel.
 * @param {import("./types").PageData & {demand: import("./types").Demand}} data page data with demand
 * @param {(number: number) => void} go
 * @returns {HTMLElement}
 */
export function demandList(data, go) {
  const { demand } = data;
  const covered = demand.points.filter((point) => point.site !== null).length;
  const rows = demand.points.map((point, number) => {
    const name = make("button", { type: "button", class: "row-button" }, point.name);
    name.addEventListener("click", () => go(number));
    const state = point.site === null ? "uncovered" : "covered";
    return make(
      "li",
      { class: `demand ${state}` },
      make("div", { class: "demand-head" }, name, make("span", { class: "number" }, point.needs)),
      make("div", { class: "quiet" }, servedBy(point, data)),
    );
  });
  return make(
    "div",
    {},
    make("p", {}, `${covered} of ${demand.points.length} have an area within ${demand.within}. Capacity needed: ${demand.each} for each of “${demand.size}”.`),
    demand.source && make("p", { class: "quiet" }, demand.source),
    make("ul", { class: "plain" }, ...rows),
  );
}
