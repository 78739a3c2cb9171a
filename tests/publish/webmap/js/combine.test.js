import assert from "node:assert/strict";
import test from "node:test";

import { attributed, combined, scoreAll, updateSum } from "../../../../geo_engine/publish/webmap/live/combine.js";

const close = (found, expected, within = 1e-9) => assert.ok(Math.abs(found - expected) <= within, `${found} is not ${expected}`);

test("a weighted sum and a weighted product are what mental arithmetic says", () => {
  close(combined([0.2, 0.8], [0.25, 0.75], { kind: "weighted_sum" }), 0.65);
  close(combined([0.25, 0.64], [0.5, 0.5], { kind: "weighted_product" }), 0.4);
  close(combined([0, 0.5], [0, 1], { kind: "weighted_product" }), 0.5); // nothing to the power of 0 is 1
});

test("the engine's own examples of the other ways to combine", () => {
  close(combined([0.2, 0.8, 0.5], [1 / 3, 1 / 3, 1 / 3], { kind: "owa", orderWeights: [0.5, 0.3, 0.2] }), 0.59);
  close(combined([0.2, 0.8], [0.5, 0.5], { kind: "owa", alpha: 1 }), 0.5);
  close(combined([0.2, 0.8], [0.5, 0.5], { kind: "owa", alpha: 2 }), 0.35);
  const fuzzy = (operator) => combined([0.75, 0.5], [1, 1], { kind: "fuzzy", operator, gamma: 0.9 });
  assert.deepEqual(["and", "or", "product", "sum"].map(fuzzy), [0.5, 0.75, 0.375, 0.875]);
  close(combined([0.2, 0.8], [0.5, 0.5], { kind: "minimum" }), 0.2);
});

test("equal utilities share their order weights, in whatever order they stand", () => {
  const method = { kind: "owa", orderWeights: [0.7, 0.2, 0.1] };
  close(combined([0.5, 0.5, 0.1], [0.6, 0.3, 0.1], method), combined([0.5, 0.5, 0.1], [0.3, 0.6, 0.1], method));
});

test("what is unknown makes the whole unknown, at any weight", () => {
  for (const kind of ["weighted_sum", "weighted_product", "minimum"]) {
    assert.ok(Number.isNaN(combined([NaN, 1], [0, 1], { kind })));
  }
  const score = new Float32Array(2);
  const criteria = [{ codes: Uint16Array.of(0, 1), worth: Float32Array.of(0.5, NaN) }, { codes: Uint16Array.of(0, 0), worth: Float32Array.of(1) }];
  for (const kind of ["weighted_sum", "weighted_product", "minimum"]) {
    scoreAll(criteria, [0, 1], { kind }, score);
    assert.ok(!Number.isNaN(score[0]) && Number.isNaN(score[1]), kind);
  }
});

test("many places at once score as one place alone", () => {
  const count = 10_000;
  const criteria = [3, 5, 7].map((seed) => ({
    codes: Uint16Array.from({ length: count }, (_, place) => (place * seed) % 101),
    worth: Float32Array.from({ length: 101 }, (_, code) => code / 100),
  }));
  const weights = [0.5, 0.3, 0.2];
  for (const kind of ["weighted_sum", "weighted_product", "topsis", "minimum"]) {
    const score = new Float32Array(count);
    scoreAll(criteria, weights, { kind }, score);
    for (let place = 0; place < count; place += 997) {
      close(score[place], 100 * combined(criteria.map(({ codes, worth }) => worth[codes[place]]), weights, { kind }), 1e-4);
    }
  }
});

test("what criteria add is the score, and of a sum weight times utility", () => {
  assert.deepEqual(attributed([1, 0.5], [0.5, 0.5], { kind: "weighted_sum" }), [50, 25]);
  const parts = attributed([0.64, 0.25], [0.5, 0.5], { kind: "weighted_product" });
  close(parts[0], 20, 1e-5);
  close(parts[1], 20, 1e-5);
  assert.deepEqual(attributed([0, 0.5], [0.5, 0.5], { kind: "weighted_product" }), [0, 0]);
});

test("a sum that is brought up to date is the sum counted anew, after many moves", () => {
  const count = 5000;
  const criteria = [3, 5, 7, 11, 13, 17].map((seed) => ({
    codes: Uint16Array.from({ length: count }, (_, place) => (place * seed) % 101),
    worth: Float32Array.from({ length: 101 }, (_, code) => (code === 100 && seed === 7 ? NaN : code / 100)),
  }));
  const [quick, whole] = [new Float32Array(count), new Float32Array(count)];
  let weights = [0.3, 0.2, 0.2, 0.1, 0.1, 0.1];
  scoreAll(criteria, weights, { kind: "weighted_sum" }, quick);
  for (let move = 0; move < 200; move += 1) {
    const number = (move >> 5) % 6;
    const wanted = 0.05 + ((move * 7) % 60) / 100;
    const factor = (1 - wanted) / (1 - weights[number]);
    const next = weights.map((weight, each) => (each === number ? wanted : weight * factor));
    assert.ok(updateSum(criteria, weights, next, quick));
    weights = next;
  }
  scoreAll(criteria, weights, { kind: "weighted_sum" }, whole);
  for (let place = 0; place < count; place += 1) {
    assert.ok(Number.isNaN(whole[place]) ? Number.isNaN(quick[place]) : Math.abs(whole[place] - quick[place]) < 0.005);
  }
  assert.equal(updateSum(criteria, weights, [1, 0, 0, 0, 0, 0], quick), false);
  assert.equal(updateSum(criteria, [1, 0, 0, 0, 0, 0], weights, quick), false);
});
