/**
 * Read what somebody types to go to a place: a pair of degrees, eastings and northings, a British grid reference.
 * @module
 */

const LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"; // the 5 by 5 square of letters from the north-west; there is no I
const PAIR = /^\s*(-?\d+(?:[.]\d+)?)\s*°?\s*([NSEW])?\s*[,;\s]\s*(-?\d+(?:[.]\d+)?)\s*°?\s*([NSEW])?\s*$/i;
const REFERENCE = /^\s*([A-HJ-Z]{2})\s*((?:\d\s*)+)$/i;

/**
 * @typedef {{kind: "degrees", lat: number, lon: number}} Degrees
 * @typedef {{kind: "metres", easting: number, northing: number}} Metres
 */

/**
 * Read a British National Grid reference to the middle of its square.
 * @param {string} text such as "SP 123 456"
 * @returns {Metres|null}
 */
export function readReference(text) {
  const match = REFERENCE.exec(text);
  const figures = match?.[2].replace(/\s/g, "") ?? "";
  if (!match || figures.length % 2 || figures.length < 2 || figures.length > 10) {
    return null;
  }
  const [wide, near] = [...match[1].toUpperCase()].map((letter) => LETTERS.indexOf(letter));
  const half = figures.length / 2;
  const size = 10 ** (5 - half);
  const east = (wide % 5) * 5e5 - 1e6 + (near % 5) * 1e5 + Number(figures.slice(0, half)) * size + size / 2;
  const north = (4 - Math.floor(wide / 5)) * 5e5 - 5e5 + (4 - Math.floor(near / 5)) * 1e5 + Number(figures.slice(half)) * size + size / 2;
  return east >= 0 && east < 7e5 && north >= 0 && north < 13e5 ? { kind: "metres", easting: east, northing: north } : null;
}

/**
 * Write a British National Grid reference of six figures, cut off and not rounded.
 * @param {number} easting
 * @param {number} northing
 * @returns {string} blank off the grid
 */
export function writeReference(easting, northing) {
  const [east, north] = [Math.floor(easting), Math.floor(northing)];
  if (!(east >= 0 && east < 7e5 && north >= 0 && north < 13e5)) {
    return "";
  }
  const letter = (col, row) => LETTERS[(4 - row) * 5 + col];
  const wide = letter(Math.floor((east + 1e6) / 5e5), Math.floor((north + 5e5) / 5e5));
  const near = letter(Math.floor((east % 5e5) / 1e5), Math.floor((north % 5e5) / 1e5));
  const figures = (part) => String(part % 1e5).padStart(5, "0").slice(0, 3);
  return `${wide}${near} ${figures(east)} ${figures(north)}`;
}

/**
 * Read a pair of numbers in every way that it can be meant; letters for the sides of the compass settle it.
 * @param {string} text
 * @returns {Array<Degrees|Metres>}
 */
export function readPair(text) {
  const match = PAIR.exec(text);
  if (!match) {
    return [];
  }
  const [one, other] = [Number(match[1]), Number(match[3])];
  const sides = [match[2], match[4]].map((side) => side?.toUpperCase() ?? "");
  if (sides[0] || sides[1]) {
    const signed = [one, other].map((number, place) => (/[SW]/.test(sides[place]) ? -number : number));
    const lonFirst = /[EW]/.test(sides[0]) || /[NS]/.test(sides[1]);
    const [lat, lon] = lonFirst ? [signed[1], signed[0]] : signed;
    return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? [{ kind: "degrees", lat, lon }] : [];
  }
  /** @type {Array<Degrees|Metres>} */
  const found = [];
  for (const [lat, lon] of one === other ? [[one, other]] : [[one, other], [other, one]]) {
    if (Math.abs(lat) <= 90 && Math.abs(lon) <= 180) {
      found.push({ kind: "degrees", lat, lon });
    }
  }
  return found.length ? found : [{ kind: "metres", easting: one, northing: other }];
}

/**
 * Find names that begin with a text, then those with a word that does, then those that hold it; case and accents do not count.
 * @template {{name: string}} T
 * @param {T[]} entries the more important first
 * @param {string} text
 * @param {number} most
 * @returns {T[]}
 */
export function findNames(entries, text, most) {
  const wanted = plain(text.trim());
  if (!wanted) {
    return [];
  }
  /** @type {T[][]} */
  const ranked = [[], [], []];
  for (const entry of entries) {
    const name = plain(entry.name);
    const at = name.indexOf(wanted);
    if (at >= 0) {
      ranked[at === 0 ? 0 : /[\s\-(']/.test(name[at - 1]) ? 1 : 2].push(entry);
    }
  }
  return ranked.flat().slice(0, most);
}

function plain(text) {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
}
