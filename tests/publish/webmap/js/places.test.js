import assert from "node:assert/strict";
import test from "node:test";

import { findNames, readPair, readReference, writeReference } from "../../../../geo_engine/publish/webmap/live/places.js";

test("a grid reference is the middle of its square", () => {
  // Ordnance Survey's own example: TG 51409 13177 is 651409, 313177.
  assert.deepEqual(readReference("TG 51409 13177"), { kind: "metres", easting: 651409.5, northing: 313177.5 });
  assert.deepEqual(readReference("tg514131"), { kind: "metres", easting: 651450, northing: 313150 });
  assert.deepEqual(readReference("SP 1 4"), { kind: "metres", easting: 415000, northing: 245000 });
  for (const wrong of ["SP 123 45", "SI 12 34", "XX", "AA 12 34", "SP", "SP 123 456 x"]) {
    assert.equal(readReference(wrong), null, wrong);
  }
});

test("a reference written is a reference read, all over the country", () => {
  for (let easting = 50; easting < 700000; easting += 61700) {
    for (let northing = 50; northing < 1300000; northing += 83300) {
      const text = writeReference(easting, northing);
      const read = readReference(text);
      assert.ok(Math.abs(read.easting - easting) <= 50 && Math.abs(read.northing - northing) <= 50, text);
    }
  }
  assert.equal(writeReference(-1, 5), "");
});

test("a pair is read in each way that it can be meant", () => {
  assert.deepEqual(readPair("54.9, -1.47"), [{ kind: "degrees", lat: 54.9, lon: -1.47 }, { kind: "degrees", lat: -1.47, lon: 54.9 }]);
  assert.deepEqual(readPair("54.9N 1.47W"), [{ kind: "degrees", lat: 54.9, lon: -1.47 }]);
  assert.deepEqual(readPair("1.47 W, 54.9 N"), [{ kind: "degrees", lat: 54.9, lon: -1.47 }]);
  assert.deepEqual(readPair("429050 329050"), [{ kind: "metres", easting: 429050, northing: 329050 }]);
  assert.deepEqual(readPair("-1.47, 120"), [{ kind: "degrees", lat: -1.47, lon: 120 }]);
  for (const wrong of ["54.9", "a, b", "1, 2, 3", "<script>"]) {
    assert.deepEqual(readPair(wrong), [], wrong);
  }
});

test("names that begin so come first, then words that do, then the rest; accents and case do not count", () => {
  const names = ["East Ham", "Durham", "Hampton", "Wolverhampton", "Ham"].map((name) => ({ name }));
  assert.deepEqual(findNames(names, "ham", 9).map(({ name }) => name), ["Hampton", "Ham", "East Ham", "Durham", "Wolverhampton"]);
  assert.deepEqual(findNames([{ name: "Liège" }], "lieg", 9), [{ name: "Liège" }]);
  assert.deepEqual(findNames(names, " ", 9), []);
  assert.equal(findNames(names, "ham", 2).length, 2);
});
