/**
 * The areas under the planner's weights: score, rank, and how far each has moved.
 * @module
 */
import { combined } from "./combine.js";

/** @typedef {import("./combine.js").Method} Method */

/**
 * @typedef {object} SiteCells
 * @property {Float64Array} utilities of the site's cells, criterion by criterion
 * @property {Float64Array} shares what part of the site each cell is
 * @property {number} cells
 */

/**
 * @typedef {object} Standing
 * @property {number} score 0 to 100
 * @property {number} rank from 1
 * @property {boolean} tied
 */

/**
 * The mean of the scores of a site's cells by their shares, as the engine has it.
 * @param {SiteCells} site
 * @param {number[]} weights shares that add up to 1
 * @param {Method} method
 * @returns {number} 0 to 100
 */
export function siteScore(site, weights, method) {
  const one = new Float64Array(weights.length);
  let total = 0;
  for (let cell = 0; cell < site.cells; cell += 1) {
    for (let number = 0; number < one.length; number += 1) {
      one[number] = site.utilities[number * site.cells + cell];
    }
    total += site.shares[cell] * combined(one, weights, method);
  }
  return 100 * total;
}

/**
 * The mean utility of each criterion over a site's cells, by their shares.
 * @param {SiteCells} site
 * @param {number} criteria how many
 * @returns {number[]}
 */
export function meanUtilities(site, criteria) {
  return Array.from({ length: criteria }, (_, number) => {
    let total = 0;
    for (let cell = 0; cell < site.cells; cell += 1) {
      total += site.shares[cell] * site.utilities[number * site.cells + cell];
    }
    return total;
  });
}

/**
 * Rank scores from the highest; scores that are equal to nine decimals share the better rank, the unknown share the last.
 * @param {number[]} scores
 * @returns {Standing[]} in the order given
 */
export function standings(scores) {
  const rounded = scores.map((score) => (Number.isNaN(score) ? -Infinity : Math.round(score * 1e9)));
  const order = [...rounded].sort((one, other) => other - one || 0);
  const first = new Map();
  const count = new Map();
  order.forEach((score, place) => {
    first.set(score, first.get(score) ?? place + 1);
    count.set(score, (count.get(score) ?? 0) + 1);
  });
  return scores.map((score, number) => ({ score, rank: first.get(rounded[number]), tied: count.get(rounded[number]) > 1 }));
}
