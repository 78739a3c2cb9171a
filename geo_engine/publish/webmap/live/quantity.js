/**
 * Quantities in words, as the engine writes them.
 * @module
 */

const SHORT = 1000; // metres: shorter is written in metres
/** @type {Record<string, [string, number]>} */
let shown = {};

/**
 * Learn the units that readers see for those that the engine measures in.
 * @param {Record<string, [string, number]>} units by SI unit: the unit shown, and how many SI units it is
 */
export function learnUnits(units) {
  shown = units;
}

/**
 * Write a value rounded, with thousands separators and unit.
 * @param {number} value NaN unknown, infinite unreachable
 * @param {string} unit of the engine
 * @param {number} [digits]
 * @returns {string}
 */
export function formatQuantity(value, unit, digits = 3) {
  if (Number.isNaN(value)) {
    return "unknown";
  }
  if (!Number.isFinite(value)) {
    return "unreachable";
  }
  const short = unit === "m" && Math.abs(Number(value.toPrecision(digits))) < SHORT;
  const [name, size] = short ? ["m", 1] : (shown[unit] ?? [unit, 1]);
  return `${rounded(value / size, digits)} ${name}`.trimEnd();
}

function rounded(value, digits) {
  if (value === 0) {
    return "0";
  }
  const places = digits - 1 - Math.floor(Math.log10(Math.abs(value)));
  const figure = places < 0 ? Math.round(value / 10 ** -places) * 10 ** -places : value;
  return figure.toLocaleString("en-GB", { maximumFractionDigits: Math.max(places, 0) });
}
