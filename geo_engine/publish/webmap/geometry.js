/**
 * Coordinates as the page data writes them: whole steps of a degree, lines as moves from point to point.
 * @module
 */

/**
 * @param {number[]} at lat and lon in steps
 * @param {number} steps steps in a degree
 * @returns {[number, number]} lat and lon in degrees
 */
export function place(at, steps) {
  return [at[0] / steps, at[1] / steps];
}

/**
 * @param {number[]} line first lat, lon, then moves
 * @param {number} steps steps in a degree
 * @returns {Array<[number, number]>} lat and lon in degrees
 */
export function path(line, steps) {
  /** @type {Array<[number, number]>} */
  const points = [];
  let lat = 0;
  let lon = 0;
  for (let index = 0; index < line.length; index += 2) {
    lat += line[index];
    lon += line[index + 1];
    points.push([lat / steps, lon / steps]);
  }
  return points;
}

/**
 * @param {number[][]} lines
 * @param {number} steps
 * @returns {Array<Array<[number, number]>>}
 */
export function paths(lines, steps) {
  return lines.map((line) => path(line, steps));
}
