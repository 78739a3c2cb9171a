/**
 * Utilities of criteria to one score, as the engine combines them.
 * @module
 */

const BLOCK = 4096; // places
const MOST_CODES = 2 ** 16;
const FAINT = 0.05; // a smaller factor would carry too much of what was rounded before
const STEPS = 32;
const SMALL = 1e-6;

/**
 * @typedef {object} Method
 * @property {"weighted_sum"|"weighted_product"|"owa"|"topsis"|"fuzzy"|"minimum"} kind
 * @property {number[]} [orderWeights] of an ordered average, for the best utility first
 * @property {number} [alpha] of an ordered average led by a quantifier
 * @property {"and"|"or"|"product"|"sum"|"gamma"} [operator] of fuzzy sets
 * @property {number} [gamma]
 */

/** @type {Method} */
export const SUM = { kind: "weighted_sum" };
/** @type {Method} */
export const PRODUCT = { kind: "weighted_product" };

/**
 * @typedef {object} Coded a criterion's utilities, by code
 * @property {Uint16Array} codes one a place
 * @property {Float32Array} worth utility of each code, NaN where unknown
 */

/**
 * Score places, 0 to 100; NaN where any utility is unknown.
 * @param {Coded[]} criteria
 * @param {number[]} weights shares that add up to 1
 * @param {Method} method
 * @param {Float32Array} score is filled
 */
export function scoreAll(criteria, weights, method, score) {
  if (method.kind === "weighted_sum") {
    addUp(criteria.map(({ worth }, number) => worth.map((utility) => 100 * weights[number] * utility)), criteria, score);
  } else if (method.kind === "weighted_product") {
    // Nothing to the power of 0 is 1, and the unknown stays unknown.
    addUp(criteria.map(({ worth }, number) => worth.map((utility) => (weights[number] > 0 ? weights[number] * Math.log(utility) : 0 * utility))), criteria, score);
    for (let place = 0; place < score.length; place += 1) {
      score[place] = 100 * Math.exp(score[place]);
    }
  } else {
    const one = new Float64Array(criteria.length);
    for (let place = 0; place < score.length; place += 1) {
      for (let number = 0; number < one.length; number += 1) {
        one[number] = criteria[number].worth[criteria[number].codes[place]];
      }
      score[place] = 100 * combined(one, weights, method);
    }
  }
}

/**
 * Bring a weighted sum up to date after some weights have moved and the others kept their proportions: these need one factor, and
 * only the moved ones are added anew. Each call rounds a little, so a whole count is due now and then.
 * @param {Coded[]} criteria
 * @param {number[]} before shares that the score was made with
 * @param {number[]} after
 * @param {Float32Array} score is changed
 * @returns {boolean} false where nothing is saved by it: the score is as it was
 */
export function updateSum(criteria, before, after, score) {
  const ratios = after.map((weight, number) => weight / before[number]).filter((ratio) => Number.isFinite(ratio) && ratio > 0).sort((one, other) => one - other);
  const factor = ratios[ratios.length >> 1];
  const odd = after.map((_, number) => number).filter((number) => Math.abs(after[number] - factor * before[number]) > 1e-9);
  if (!(factor > FAINT) || odd.length > criteria.length / 3) {
    return false;
  }
  const tables = odd.map((number) => criteria[number].worth.map((utility) => 100 * (after[number] - factor * before[number]) * utility));
  for (let begin = 0; begin < score.length; begin += BLOCK) {
    const end = Math.min(begin + BLOCK, score.length);
    for (let place = begin; place < end; place += 1) {
      score[place] *= factor;
    }
    tables.forEach((table, number) => addOne(table, criteria[odd[number]].codes, score, begin, end));
  }
  return true;
}

function addOne(table, codes, score, begin, end) {
  for (let place = begin; place < end; place += 1) {
    score[place] += table[codes[place]];
  }
}

/** Add up what the codes of the criteria add, four criteria at a time and block by block, so that a block's scores stay at hand. */
function addUp(tables, criteria, score) {
  const nothing = new Float32Array(MOST_CODES);
  for (let begin = 0; begin < score.length; begin += BLOCK) {
    const end = Math.min(begin + BLOCK, score.length);
    score.fill(0, begin, end);
    for (let number = 0; number < tables.length; number += 4) {
      /** @type {(more: number) => [Float32Array, Uint16Array]} */
      const pair = (more) => (number + more < tables.length ? [tables[number + more], criteria[number + more].codes] : [nothing, criteria[0].codes]);
      addFour(pair(0), pair(1), pair(2), pair(3), score, begin, end);
    }
  }
}

function addFour([a, inA], [b, inB], [c, inC], [d, inD], score, begin, end) {
  for (let place = begin; place < end; place += 1) {
    score[place] += a[inA[place]] + b[inB[place]] + c[inC[place]] + d[inD[place]];
  }
}

/**
 * Combine the utilities of one place.
 * @param {ArrayLike<number>} utilities 0 to 1
 * @param {number[]} weights shares that add up to 1
 * @param {Method} method
 * @returns {number} 0 to 1; NaN where any utility is unknown
 */
export function combined(utilities, weights, method) {
  for (let number = 0; number < utilities.length; number += 1) {
    if (Number.isNaN(utilities[number])) {
      return NaN;
    }
  }
  return METHODS[method.kind](utilities, weights, method);
}

const METHODS = {
  weighted_sum: (utilities, weights) => weights.reduce((total, weight, number) => total + weight * utilities[number], 0),
  weighted_product: (utilities, weights) => weights.reduce((total, weight, number) => total * utilities[number] ** weight, 1),
  owa: ordered,
  topsis: nearness,
  fuzzy,
  minimum: (utilities, weights) => fuzzy(utilities, weights, { kind: "fuzzy", operator: "and" }),
};

function ordered(utilities, weights, method) {
  const order = weights.map((_, number) => number).sort((one, other) => utilities[other] - utilities[one]);
  return method.orderWeights ? byOrder(utilities, weights, order, method.orderWeights) : byQuantifier(utilities, weights, order, method.alpha);
}

/** Order weights times criterion weights; equal utilities share their order weights; without any weight left the order decides alone. */
function byOrder(utilities, weights, order, orderWeights) {
  let [top, bottom, alone, all] = [0, 0, 0, 0];
  for (let begin = 0; begin < order.length; ) {
    let end = begin + 1;
    while (end < order.length && utilities[order[end]] === utilities[order[begin]]) {
      end += 1;
    }
    const shared = orderWeights.slice(begin, end).reduce((sum, weight) => sum + weight, 0) / (end - begin);
    for (const number of order.slice(begin, end)) {
      top += weights[number] * shared * utilities[number];
      bottom += weights[number] * shared;
      alone += shared * utilities[number];
      all += shared;
    }
    begin = end;
  }
  return bottom > 0 ? top / bottom : alone / all;
}

function byQuantifier(utilities, weights, order, alpha) {
  let [total, before, share] = [0, 0, 0];
  for (const number of order) {
    share += weights[number];
    const now = share > 0 ? Math.min(share, 1) ** alpha : 0;
    total += (now - before) * utilities[number];
    before = now;
  }
  return total;
}

function nearness(utilities, weights) {
  let near = 0;
  let far = 0;
  weights.forEach((weight, number) => {
    near += (weight * utilities[number]) ** 2;
    far += (weight * (1 - utilities[number])) ** 2;
  });
  return Math.sqrt(near) / (Math.sqrt(near) + Math.sqrt(far));
}

function fuzzy(utilities, weights, method) {
  const part = Array.from(utilities).filter((_, number) => weights[number] > 0);
  if (method.operator === "and") {
    return Math.min(...part);
  }
  if (method.operator === "or") {
    return Math.max(...part);
  }
  const product = part.reduce((total, utility) => total * utility, 1);
  if (method.operator === "product") {
    return product;
  }
  const sum = 1 - part.reduce((total, utility) => total * (1 - utility), 1);
  return method.operator === "sum" ? sum : sum ** method.gamma * product ** (1 - method.gamma);
}

/**
 * Split one place's score into what each criterion adds: all utilities rise together from 0 in small steps, and each step's gain
 * is split as the criteria gain it one by one. Of a weighted sum these are weight times utility.
 * @param {ArrayLike<number>} utilities
 * @param {number[]} weights
 * @param {Method} method
 * @returns {number[]} they add up to the score, 0 to 100
 */
export function attributed(utilities, weights, method) {
  const worth = Array.from(utilities);
  if (method.kind === "weighted_sum") {
    return weights.map((weight, number) => 100 * weight * worth[number]);
  }
  const parts = weights.map(() => 0);
  let before = combined(worth.map((utility) => utility * 0), weights, method);
  for (let step = 1; step <= STEPS; step += 1) {
    const middle = worth.map((utility) => (utility * (step - 0.5)) / STEPS);
    const alone = weights.map((_, number) => slope(middle, weights, method, number));
    const total = alone.reduce((sum, gain) => sum + gain, 0);
    const after = combined(worth.map((utility) => (utility * step) / STEPS), weights, method);
    alone.forEach((gain, number) => {
      parts[number] += total > 0 ? (100 * (after - before) * gain) / total : 0 * gain;
    });
    before = after;
  }
  return parts;
}

function slope(utilities, weights, method, number) {
  const moved = (factor) => combined(utilities.map((utility, each) => (each === number ? utility * factor : utility)), weights, method);
  return moved(1 + SMALL) - moved(1 - SMALL);
}
