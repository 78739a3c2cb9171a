/**
 * What the planner's weights make of the land and of the areas, kept up to date.
 * @module
 */
import { PRODUCT, SUM, attributed, scoreAll, updateSum } from "./combine.js";
import { meanUtilities, siteScore, standings } from "./ranking.js";
import { history, sharesOf } from "./weights.js";

/**
 * @typedef {import("./combine.js").Method} Method
 * @typedef {import("./land.js").Land} Land
 * @typedef {import("./ranking.js").Standing} Standing
 * @typedef {import("./weights.js").Setting} Setting
 */

/**
 * @typedef {object} Model
 * @property {Land} land
 * @property {Float32Array} score of each cell with land, 0 to 100, NaN where there is none
 * @property {() => Setting} setting
 * @property {() => number[]} weights shares that add up to 1
 * @property {() => Method} method
 * @property {() => Standing[]} standings of the areas, in the order of the study's ranking
 * @property {Standing[]} first standings under the study's own weights
 * @property {() => boolean} isStudys whether weights and method are the study's
 * @property {Method[]} methods to choose from, the study's first
 * @property {(next: Setting, keep?: boolean) => void} set on the way of a slider `keep` is false: what is set is not kept for an undo, and counted quickly
 * @property {() => void} undo
 * @property {() => void} redo
 * @property {() => boolean} canUndo
 * @property {() => boolean} canRedo
 * @property {(listener: () => void) => void} listen be told after each change
 * @property {(utilities: ArrayLike<number>) => number[]} partsOf what each criterion adds to a place's score
 * @property {(site: number) => number[]} sitePartsOf the same of an area: the mean over its cells
 * @property {(site: number) => number[]} siteUtilities mean utilities of an area's cells
 * @property {() => Float32Array} baseline scores of the cells under the study's own weights
 */

/**
 * @param {Land} land
 * @param {{method: Method, presets: Array<{weights: number[]}>}} live
 * @returns {Model}
 */
export function createModel(land, live) {
  const methods = [live.method, ...[SUM, PRODUCT].filter((method) => method.kind !== live.method.kind)];
  const studys = sharesOf(live.presets[0].weights);
  const past = history({ shares: studys, locks: studys.map(() => false), method: live.method.kind });
  const score = new Float32Array(land.count);
  /** @type {Array<() => void>} */
  const listeners = [];
  let standing = [];
  let base = null;

  const weights = () => past.now().shares.map((share) => share / 100);
  const method = () => methods.find((each) => each.kind === past.now().method) ?? live.method;
  const isStudys = () => method() === live.method && past.now().shares.every((share, number) => Math.abs(share - studys[number]) < 1e-9);
  /** @type {{weights: number[], method: Method}|null} */
  let made = null;
  const compute = (whole = true) => {
    const now = { weights: weights(), method: method() };
    const quick = !whole && made?.method.kind === "weighted_sum" && now.method.kind === "weighted_sum" && updateSum(land.criteria, made.weights, now.weights, score);
    if (!quick) {
      scoreAll(land.criteria, now.weights, now.method, score);
    }
    made = now;
    standing = standings(land.sites.map((site) => siteScore(site, weights(), method())));
    listeners.forEach((listener) => listener());
  };
  const sitePartsOf = (number) => {
    const site = land.sites[number];
    if (method().kind === "weighted_sum") {
      return attributed(meanUtilities(site, studys.length), weights(), method());
    }
    const total = studys.map(() => 0);
    for (let cell = 0; cell < site.cells; cell += 1) {
      const one = studys.map((_, criterion) => site.utilities[criterion * site.cells + cell]);
      attributed(one, weights(), method()).forEach((part, criterion) => {
        total[criterion] += part * site.shares[cell];
      });
    }
    return total;
  };
  compute();
  const first = standing;
  return {
    land,
    score,
    setting: past.now,
    weights,
    method,
    standings: () => standing,
    first,
    isStudys,
    methods,
    set(next, keep = true) {
      past.set(next, keep);
      compute(keep);
    },
    undo() {
      if (past.undo()) {
        compute();
      }
    },
    redo() {
      if (past.redo()) {
        compute();
      }
    },
    canUndo: past.canUndo,
    canRedo: past.canRedo,
    listen: (listener) => {
      listeners.push(listener);
    },
    partsOf: (utilities) => attributed(utilities, weights(), method()),
    sitePartsOf,
    siteUtilities: (number) => meanUtilities(land.sites[number], studys.length),
    baseline() {
      base ??= (() => {
        const made = new Float32Array(land.count);
        scoreAll(land.criteria, studys.map((share) => share / 100), live.method, made);
        return made;
      })();
      return base;
    },
  };
}
