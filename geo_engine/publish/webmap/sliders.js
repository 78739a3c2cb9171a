/**
 * The planner's weights: a slider for each criterion, locks, presets, undo, and what they make of the ranking.
 * @module
 */
import { button, make, moved, movedSign, percent, rankText, scoreText } from "./elements.js";
import { mostOf, same, sharesOf, withLock, withShare } from "./live/weights.js";

const FIRST_SHOWN = 5;
const METHODS = {
  weighted_sum: "Weighted sum: good makes up for bad",
  weighted_product: "Weighted product: one worst value makes the whole worst",
};

/**
 * @param {import("./types").PageData} data
 * @param {import("./live/model.js").Model} model
 * @param {(index: number) => void} pick
 * @returns {HTMLElement}
 */
export function weightView(data, model, pick) {
  const first = model.setting();
  const undo = button("Undo", model.undo, { "aria-keyshortcuts": "Control+Z" });
  const redo = button("Redo", model.redo, { "aria-keyshortcuts": "Control+Y" });
  const reset = button("Reset all", () => model.set({ ...first, locks: first.locks.map(() => false) }));
  const presets = make("select", { id: "preset" }, make("option", { value: "" }, "Own weights"), ...data.live.presets.map((preset, number) => make("option", { value: number }, preset.title)));
  const presetNote = make("p", { class: "quiet", "aria-live": "polite" });
  const combining = make("select", { id: "combining" }, ...model.methods.map((method) => make("option", { value: method.kind }, METHODS[method.kind] ?? `The study's: ${method.kind.replaceAll("_", " ")}`)));
  const rows = data.criteria.map((criterion, number) => sliderRow(criterion, number, model, first.shares[number]));
  const best = make("ol", { class: "plain now-best" });

  presets.addEventListener("change", () => {
    const preset = data.live.presets[Number(presets.value)];
    if (presets.value !== "" && preset) {
      model.set({ ...model.setting(), shares: sharesOf(preset.weights), locks: first.locks.map(() => false) });
    }
  });
  combining.addEventListener("change", () => model.set({ ...model.setting(), method: combining.value }));
  const update = () => {
    const setting = model.setting();
    undo.disabled = !model.canUndo();
    redo.disabled = !model.canRedo();
    reset.disabled = same(setting, first);
    combining.value = setting.method;
    const preset = data.live.presets.findIndex((each) => sharesOf(each.weights).every((share, number) => Math.abs(share - setting.shares[number]) < 1e-6));
    presets.value = preset < 0 ? "" : String(preset);
    presetNote.textContent = data.live.presets[preset]?.note ?? "";
    rows.forEach((row) => row.update());
    best.replaceChildren(...nowBest(data, model, pick));
  };
  model.listen(update);
  update();
  return make(
    "div",
    { class: "weights" },
    make("div", { class: "weight-tools" }, undo, redo, reset),
    make("div", { class: "pair-field" }, make("label", { for: "preset" }, "Begin from"), presets),
    presetNote,
    make("div", { class: "pair-field" }, make("label", { for: "combining" }, "Combine by"), combining),
    make("ul", { class: "plain sliders" }, ...rows.map((row) => row.element)),
    data.sites.length > 0 && make("h2", {}, "Best areas under these weights"),
    best,
    make("p", { class: "quiet" }, "Shares always add up to 100 %: the others make room in proportion, but for those that are locked. The areas stay where the study found them; other weights might find others, which takes a run."),
  );
}

function sliderRow(criterion, number, model, studys) {
  const id = `weight-${number}`;
  const slider = make("input", { type: "range", id, min: 0, max: 100, step: 0.5, "aria-describedby": `${id}-study` });
  const share = make("output", { for: id, class: "number share" });
  const lock = button("Lock", () => model.set(withLock(model.setting(), number)), { "aria-label": `Lock the weight of ${criterion.name}`, "aria-pressed": "false" });
  const back = button("Reset", () => model.set(withShare(model.setting(), number, studys)), { "aria-label": `Reset the weight of ${criterion.name} to ${percent(studys)}` });
  let waiting = false;
  slider.addEventListener("input", () => {
    if (!waiting) {
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        model.set(withShare(model.setting(), number, Number(slider.value)), false);
      });
    }
  });
  slider.addEventListener("change", () => model.set(withShare(model.setting(), number, Number(slider.value))));
  const element = make(
    "li",
    { class: "slider" },
    make("label", { for: id }, criterion.name),
    share,
    slider,
    make("div", { class: "slider-tools" }, make("span", { class: "quiet", id: `${id}-study` }, `study: ${percent(studys)}`), lock, back),
  );
  return {
    element,
    update() {
      const setting = model.setting();
      const now = setting.shares[number];
      const locked = setting.locks[number];
      slider.value = String(now);
      slider.disabled = locked;
      slider.setAttribute("aria-valuetext", `${percent(now)} of the score`);
      slider.style.setProperty("--most", `${mostOf(setting, number)}%`);
      share.textContent = percent(now);
      lock.setAttribute("aria-pressed", String(locked));
      lock.textContent = locked ? "Locked" : "Lock";
      back.disabled = locked || Math.abs(now - studys) < 1e-9;
    },
  };
}

function nowBest(data, model, pick) {
  const standings = model.standings();
  const order = standings.map((_, index) => index).sort((one, other) => standings[one].rank - standings[other].rank || one - other);
  return order.slice(0, FIRST_SHOWN).map((index) => {
    const change = moved(model.first[index].rank, standings[index].rank);
    return make(
      "li",
      {},
      make("span", { class: "rank" }, rankText(standings[index])),
      button(data.sites[index].name, () => pick(index), { class: "row-button" }),
      movedSign(change) ?? make("span"),
      make("span", { class: "number" }, scoreText(standings[index].score)),
    );
  });
}
