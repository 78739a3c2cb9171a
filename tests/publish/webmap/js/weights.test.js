import assert from "node:assert/strict";
import test from "node:test";

import { history, mostOf, same, sharesOf, withLock, withShare } from "../../../../geo_engine/publish/webmap/live/weights.js";

const setting = (shares, locks = shares.map(() => false)) => ({ shares, locks, method: "weighted_sum" });
const total = ({ shares }) => shares.reduce((sum, share) => sum + share, 0);

test("weights become shares of a hundred, all equal where there are none", () => {
  assert.deepEqual(sharesOf([1, 3]), [25, 75]);
  assert.deepEqual(sharesOf([0, 0]), [50, 50]);
});

test("the others make room in proportion", () => {
  const moved = withShare(setting([50, 30, 20]), 0, 75);
  assert.deepEqual(moved.shares, [75, 15, 10]);
});

test("others that are all nothing share alike what is left", () => {
  assert.deepEqual(withShare(setting([100, 0, 0]), 0, 40).shares, [40, 30, 30]);
});

test("what is locked stays, and bounds the others", () => {
  const locked = withLock(setting([50, 30, 20]), 1);
  assert.equal(mostOf(locked, 0), 70);
  const moved = withShare(locked, 0, 90);
  assert.deepEqual(moved.shares, [70, 30, 0]);
  const only = setting([50, 30, 20], [false, true, true]);
  assert.deepEqual(withShare(only, 0, 10).shares, [50, 30, 20]); // nobody else could take what it gives up
});

test("shares add up to a hundred whatever is moved", () => {
  let now = setting([15, 10, 18, 14, 10, 33]);
  for (let step = 0; step < 500; step += 1) {
    now = step % 7 === 3 ? withLock(now, step % 6) : withShare(now, (step * 5) % 6, (step * 37) % 101);
    assert.ok(Math.abs(total(now) - 100) < 1e-9);
    assert.ok(now.shares.every((share) => share >= 0));
  }
});

test("undo and redo go back and forth, and a drag counts once", () => {
  const past = history(setting([50, 50]));
  past.set(setting([60, 40]), false);
  past.set(setting([70, 30]), false);
  past.set(setting([70, 30]));
  past.set(setting([80, 20]));
  assert.ok(past.undo());
  assert.deepEqual(past.now().shares, [70, 30]);
  assert.ok(past.undo());
  assert.deepEqual(past.now().shares, [50, 50]);
  assert.equal(past.undo(), false);
  assert.ok(past.redo());
  past.set(setting([10, 90]));
  assert.equal(past.canRedo(), false);
  past.set(setting([10, 90])); // the same again is no step
  past.undo();
  assert.deepEqual(past.now().shares, [70, 30]);
  assert.ok(same(past.now(), setting([70, 30])));
});
