/**
 * How scores are spread over land.
 * @module
 */

/**
 * Count scores by bins of equal width from 0 to 100; the last holds 100 too.
 * @param {Float32Array} scores NaN where there is none
 * @param {number} bins
 * @returns {Uint32Array}
 */
export function histogram(scores, bins) {
  const counts = new Uint32Array(bins + 1);
  const scale = bins / 100;
  for (let place = 0; place < scores.length; place += 1) {
    const score = scores[place];
    if (score === score) {
      counts[(score * scale) | 0] += 1;
    }
  }
  counts[bins - 1] += counts[bins];
  return counts.subarray(0, bins);
}

/**
 * The share of land with a score that scores lower, in per cent; NaN without a score.
 * @param {Float32Array} scores
 * @param {number} score
 * @returns {number}
 */
export function percentile(scores, score) {
  if (Number.isNaN(score)) {
    return NaN;
  }
  let lower = 0;
  let known = 0;
  for (let place = 0; place < scores.length; place += 1) {
    const other = scores[place];
    if (other === other) {
      known += 1;
      if (other < score) {
        lower += 1;
      }
    }
  }
  return (100 * lower) / known;
}
