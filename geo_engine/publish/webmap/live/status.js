/**
 * What the status mask of a cell says, as the engine's bits have it.
 * @module
 */

const UNKNOWN = 1;
const UNREACHABLE = 2;
const FORCED = 0x80000000;

/**
 * @typedef {object} StatusWords
 * @property {boolean} unknown a criterion, or a rule, has no value
 * @property {boolean} unreachable
 * @property {boolean} forced free although rules are failed
 * @property {number[]} failed bits of the rules that are failed
 */

/**
 * @param {number} status
 * @returns {StatusWords}
 */
export function readStatus(status) {
  /** @type {number[]} */
  const failed = [];
  for (let bit = 2; bit < 31; bit += 1) {
    if ((status >>> bit) & 1) {
      failed.push(bit);
    }
  }
  return { unknown: Boolean(status & UNKNOWN), unreachable: Boolean(status & UNREACHABLE), forced: Boolean(status & FORCED), failed };
}

/**
 * Tell whether a cell fails the rule of one bit and no other; what is freed by force fails none.
 * @param {number} status
 * @param {number} bit
 * @returns {boolean}
 */
export function failsOnly(status, bit) {
  return (status & ~(UNKNOWN | UNREACHABLE)) >>> 0 === 2 ** bit;
}

/**
 * Tell whether a cell may be part of an area: no rule is failed, or force frees it, and nothing is unknown.
 * @param {number} status
 * @returns {boolean}
 */
export function isFree(status) {
  return Boolean(status & FORCED) || (status & ~UNREACHABLE) === 0;
}
