/**
 * Which rows of a long table are on the screen.
 * @module
 */

const BEYOND = 8; // rows kept above and below what is seen

/**
 * @param {number} scrolled pixels of the table above the upper edge
 * @param {number} height of what is seen
 * @param {number} row height of a row
 * @param {number} count rows in all
 * @returns {{first: number, last: number, above: number, below: number}} rows to draw, `last` not included, and the pixels in place of the others
 */
export function rowsSeen(scrolled, height, row, count) {
  const first = Math.max(0, Math.min(count, Math.floor(scrolled / row) - BEYOND));
  const last = Math.max(first, Math.min(count, Math.ceil((scrolled + height) / row) + BEYOND));
  return { first, last, above: first * row, below: (count - last) * row };
}
