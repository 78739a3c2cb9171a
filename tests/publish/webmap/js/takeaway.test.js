import assert from "node:assert/strict";
import test from "node:test";

import { csv, fragment, readFragment, toml } from "../../../../geo_engine/publish/webmap/live/takeaway.js";

test("cells that a spreadsheet would work out are made harmless, and numbers stay numbers", () => {
  assert.equal(csv([["=1+1", "+a", "-b", "@c", "\tx", -1.5, -2, null, 'a "b", c']]), `'=1+1,'+a,'-b,'@c,'\tx,-1.5,-2,,"a ""b"", c"\n`);
});

test("weights are a scenario, and a name cannot leave its comment", () => {
  const text = toml([{ key: "grid", name: "Grid\nweights = 1" }, { key: "people", name: "People" }], [62.5, 37.5], "weighted_product", false);
  assert.match(text, /^\[scenarios\.from_the_map\]/);
  assert.match(text, /\ngrid {3}= 62\.5 {2}# Grid weights = 1\npeople = 37\.5/);
  assert.match(text, /# method = "weighted_product"/);
  assert.doesNotMatch(toml([{ key: "a", name: "A" }], [100], "weighted_sum", true), /method/);
});

test("what a link carries comes back, and nonsense is left out", () => {
  const linked = { shares: [12.5, 87.5], method: "weighted_product", view: [54.12345, -1.5, 7.25], shows: "moved", site: "E1N2" };
  assert.deepEqual(readFragment(`#${fragment(linked)}`, 2), linked);
  assert.deepEqual(readFragment("#place=54.1_-1.2", 2), { place: [54.1, -1.2] });
  for (const wrong of ["", "#w=1_x", "#w=1", "#w=-1_2", "#w=0_0", "#at=1_2", "#at=99_0_5", "#place=a_b"]) {
    assert.deepEqual(readFragment(wrong, 2), {}, wrong);
  }
});
