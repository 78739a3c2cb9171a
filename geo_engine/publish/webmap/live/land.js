/**
 * The land that the page computes on, read from its packed numbers.
 * @module
 */
import { pixelCells, reader } from "./frame.js";
import { fromText, inflated, unpackCodes, unpackInside, unpackNumbers } from "./unpack.js";

const EMPTY = new Uint8Array(0);

/**
 * @typedef {object} Land
 * @property {import("./frame.js").GridData} grid
 * @property {number} count cells with land
 * @property {Int32Array} place number of each cell of the grid among those with land, -1 elsewhere
 * @property {Uint32Array} status mask of each cell with land
 * @property {Array<{codes: Uint16Array, values: Float32Array, worth: Float32Array}>} criteria codes of the cells, and the quantity and the utility of each code
 * @property {Float32Array|null} best per cent of the draws in which a cell is among the best; NaN where it has no score
 * @property {Array<import("./ranking.js").SiteCells>} sites
 * @property {(lon: number, lat: number) => [number, number]} toStudy easting and northing
 * @property {(easting: number, northing: number) => [number, number]} toDegrees lon and lat
 * @property {Int32Array} pixels of the picture that show land
 * @property {Int32Array} cells that they show
 */

/**
 * Read what the page draws, which travels packed beside the numbers.
 * @param {import("../types").LiveData} live
 * @param {string[]} texts the packed parts
 * @returns {Promise<import("../types").Drawn>}
 */
export async function readDrawn(live, texts) {
  const bytes = await inflated(fromText(texts[live.packed.indexOf("drawn")], live.letters));
  return JSON.parse(new TextDecoder().decode(bytes));
}

/**
 * @param {import("../types").LiveData} live
 * @param {string[]} texts the packed parts
 * @returns {Promise<Land>}
 */
export async function readLand(live, texts) {
  const bytes = await Promise.all(texts.map((packed, number) => (live.packed[number] === "drawn" ? EMPTY : inflated(fromText(packed, live.letters)))));
  const part = (name) => bytes[live.packed.indexOf(name)];
  const { grid } = live;
  const inside = unpackInside(part("inside"), grid.rows, grid.cols);
  const { place, count } = inside;
  const codesOf = (name) => unpackCodes(part(name), inside);
  const criteria = live.packed.filter((name) => /^codes\d+$/.test(name)).map((_, number) => ({
    codes: codesOf(`codes${number}`),
    values: unpackNumbers(part(`values${number}`)),
    worth: unpackNumbers(part(`utilities${number}`)),
  }));
  const toStudy = reader(live.toStudy);
  return {
    grid,
    count,
    place,
    status: lookedUp(codesOf("status"), Uint32Array.from(live.statuses)),
    criteria,
    best: live.packed.includes("best") ? lookedUp(codesOf("best"), bestOf(live.bestSteps)) : null,
    sites: sitesOf(live, unpackNumbers(part("sites")), unpackNumbers(part("sitesRest"))),
    toStudy,
    toDegrees: reader(live.toDegrees),
    ...pixelCells(live.frame, grid, place, toStudy),
  };
}

/** Per cent of each code: the first is for cells without a score. */
function bestOf(steps) {
  return Float32Array.from({ length: steps + 2 }, (_, code) => (code ? (100 * (code - 1)) / steps : NaN));
}

/**
 * Give a number for each cell, by its code.
 * @template {Float32Array|Uint32Array} T
 * @param {Uint16Array} codes
 * @param {T} table
 * @returns {T}
 */
export function lookedUp(codes, table) {
  const found = /** @type {T} */ (table instanceof Float32Array ? new Float32Array(codes.length) : new Uint32Array(codes.length));
  for (let place = 0; place < codes.length; place += 1) {
    found[place] = table[codes[place]];
  }
  return found;
}

/** Utilities travel as two numbers of single precision that add up to one of nearly double. */
function sitesOf(live, coarse, rest) {
  const criteria = live.packed.filter((name) => /^codes\d+$/.test(name)).length;
  let begin = 0;
  return live.siteCells.map((cells) => {
    const numbers = Float64Array.from({ length: (criteria + 1) * cells }, (_, index) => coarse[begin + index] + rest[begin + index]);
    begin += (criteria + 1) * cells;
    return { utilities: numbers.subarray(0, criteria * cells), shares: numbers.subarray(criteria * cells), cells };
  });
}
