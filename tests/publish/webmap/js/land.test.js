import assert from "node:assert/strict";
import test from "node:test";
import { deflateSync } from "node:zlib";

import { cellAt, centreOf, pixelCells, reader } from "../../../../geo_engine/publish/webmap/live/frame.js";
import { standings } from "../../../../geo_engine/publish/webmap/live/ranking.js";
import { histogram, percentile } from "../../../../geo_engine/publish/webmap/live/spread.js";
import { failsOnly, isFree, readStatus } from "../../../../geo_engine/publish/webmap/live/status.js";
import { fromText, inflated, unpackInside } from "../../../../geo_engine/publish/webmap/live/unpack.js";
import { rowsSeen } from "../../../../geo_engine/publish/webmap/live/window.js";

const GRID = { west: 1000, north: 9000, cell: 100, rows: 30, cols: 50 };

test("text in 85 letters becomes its bytes", () => {
  const letters = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).filter((sign) => !"\"&'<>\\`{}".includes(sign)).join("");
  assert.deepEqual([...fromText("!!!!#", letters)], [0, 0, 0, 1]);
  assert.deepEqual([...fromText("E?G", letters)], [97, 98]);
  assert.deepEqual([...fromText("", letters)], []);
});

test("what is deflated is inflated", async () => {
  assert.deepEqual([...(await inflated(new Uint8Array(deflateSync(Uint8Array.of(1, 2, 3)))))], [1, 2, 3]);
});

test("cells inside are numbered row by row", () => {
  const { place, count } = unpackInside(Uint8Array.of(0b01000000, 0b10000000, 0b11000000, 0), 2, 9);
  assert.equal(count, 4);
  assert.deepEqual([...place], [-1, 0, -1, -1, -1, -1, -1, -1, 1, 2, 3, -1, -1, -1, -1, -1, -1, -1]);
});

test("a lattice of a cubic gives the cubic", () => {
  const nodes = 9;
  const cubic = (x, y) => x ** 3 - 2 * x * y + y ** 2;
  const at = (index) => [(index % nodes) / 2, Math.floor(index / nodes) / 2];
  const data = { low: [0, 0], high: [4, 4], nodes, first: [], second: [] };
  for (let index = 0; index < nodes * nodes; index += 1) {
    data.first.push(cubic(...at(index)));
    data.second.push(at(index)[1]);
  }
  const read = reader(data);
  for (const [x, y] of [[0.1, 3.9], [2.2, 1.7], [3.99, 0.01], [0, 4]]) {
    const [first, second] = read(x, y);
    assert.ok(Math.abs(first - cubic(x, y)) < 1e-9);
    assert.ok(Math.abs(second - y) < 1e-9);
  }
});

test("a cell holds its centre, and nothing lies off the grid", () => {
  for (const cell of [0, 49, 50, 1499]) {
    assert.equal(cellAt(GRID, ...centreOf(GRID, cell)), cell);
  }
  assert.equal(cellAt(GRID, 999, 8950), -1);
  assert.equal(cellAt(GRID, 1050, 9001), -1);
  assert.equal(cellAt(GRID, 1000 + 50 * 100, 8950), -1);
});

test("each pixel shows the cell at its middle", () => {
  const place = Int32Array.from({ length: GRID.rows * GRID.cols }, (_, cell) => (cell % 3 ? cell : -1));
  const frame = { west: 0, north: 60000, pixel: 500, rows: 70, cols: 90 };
  const degrees = (metres) => (metres / 6378137) * (180 / Math.PI);
  const toStudy = (lon, lat) => [1000 + lon * 12000, 6000 + lat * 6000 + lon * 300]; // a shear, so that no axis is like the other
  const { pixels, cells } = pixelCells(frame, GRID, place, toStudy);
  const found = new Map([...pixels].map((pixel, index) => [pixel, cells[index]]));
  let shown = 0;
  for (let row = 0; row < frame.rows; row += 1) {
    for (let col = 0; col < frame.cols; col += 1) {
      const y = frame.north - (row + 0.5) * frame.pixel;
      const lat = (Math.atan(Math.sinh(y / 6378137)) * 180) / Math.PI;
      const [easting, northing] = toStudy(degrees(frame.west + (col + 0.5) * frame.pixel), lat);
      const cell = cellAt(GRID, easting, northing);
      const expected = cell >= 0 && place[cell] >= 0 ? place[cell] : undefined;
      assert.equal(found.get(row * frame.cols + col), expected);
      shown += expected === undefined ? 0 : 1;
    }
  }
  assert.ok(shown > 300);
});

test("the status of a cell in words", () => {
  assert.deepEqual(readStatus(0b1101), { unknown: true, unreachable: false, forced: false, failed: [2, 3] });
  assert.equal(readStatus(0x80000004).forced, true);
  // park alone; park and unreachable; park where a rule has no value; park and town; free; unknown; freed by force
  const statuses = [0b100, 0b110, 0b101, 0b1100, 0, 1, 0x80000004];
  assert.deepEqual(statuses.map((status) => failsOnly(status, 2)), [true, true, true, false, false, false, false]);
  assert.deepEqual([0, 2, 1, 4, 0x80000004].map(isFree), [true, true, false, false, true]);
});

test("equal scores share the better rank, and the unknown come last", () => {
  assert.deepEqual(standings([80, 90, 80 + 1e-12, 70, NaN]).map(({ rank, tied }) => [rank, tied]), [[2, true], [1, false], [2, true], [4, false], [5, false]]);
  assert.deepEqual(standings([]), []);
});

test("how scores are spread, and what share lies below", () => {
  const scores = Float32Array.of(0, 9.9, 10, 99.9, 100, NaN);
  assert.deepEqual([...histogram(scores, 10)], [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
  assert.equal(percentile(scores, 10), 40);
  assert.ok(Number.isNaN(percentile(scores, NaN)));
});

test("of a hundred thousand rows those on the screen are drawn, and the others take their room", () => {
  const seen = rowsSeen(2_800_000, 560, 56, 100_000);
  assert.ok(seen.first <= 50_000 && seen.last >= 50_010 && seen.last - seen.first < 40);
  assert.equal(seen.above + (seen.last - seen.first) * 56 + seen.below, 100_000 * 56);
  assert.deepEqual(rowsSeen(0, 560, 56, 3), { first: 0, last: 3, above: 0, below: 0 });
});
