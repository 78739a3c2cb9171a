/**
 * What the land is painted with: the score, one criterion, rules failed, the best 5 %, or what the weights changed; one or two beside each other.
 * @module
 */
import { make } from "./elements.js";
import { lookedUp } from "./live/land.js";
import { readStatus, isFree } from "./live/status.js";
import { landLayer, rampPixels } from "./surface.js";

const OPACITY = 88;
const MOVED_SPAN = 20; // points from a full loss to a full gain, either way

/**
 * @typedef {object} View
 * @property {string} key
 * @property {string} title
 * @property {string} note
 * @property {"score"|"moved"} ramp
 * @property {string[]} ticks
 * @property {number} factor brings numbers to 0 to 100
 * @property {boolean} live whether it changes with the weights
 * @property {() => Float32Array} numbers of the cells with land
 */

/**
 * @param {import("./types").PageData} data
 * @param {import("./live/model.js").Model} model
 * @returns {View[]}
 */
export function viewsOf(data, model) {
  const { land } = model;
  const plain = /** @type {const} */ ({ ramp: "score", factor: 1, live: false });
  const views = [
    { ...plain, key: "score", title: "Match to these weights", note: "0 to 100; not a probability of success", ticks: ["0", "25", "50", "75", "100"], live: true, numbers: () => model.score },
    {
      ...plain, key: "moved", ramp: "moved", title: "Change against the study's weights", note: "points of 100", live: true,
      ticks: [`−${MOVED_SPAN}`, "0", `+${MOVED_SPAN}`],
      numbers: () => model.baseline().map((before, place) => Math.min(Math.max(50 + ((model.score[place] - before) * 50) / MOVED_SPAN, 0), 100)),
    },
    data.rules.some((rule) => rule.rule) && {
      ...plain, key: "failed", title: "Rules failed", note: "how many, of those tested", ticks: ["0", `${data.rules.filter((rule) => rule.rule).length}`],
      factor: 100 / data.rules.filter((rule) => rule.rule).length,
      numbers: () => Float32Array.from(land.status, (status) => (isFree(status) ? 0 : readStatus(status).failed.length)),
    },
    land.best && { ...plain, key: "best", title: "Chance to be among the best 5 % of land", note: "per cent of the draws of weights", ticks: ["0", "25", "50", "75", "100 %"], numbers: () => /** @type {Float32Array} */ (land.best) },
    ...data.criteria.map((criterion, number) => ({
      ...plain, key: `criterion-${criterion.key}`, title: criterion.name, note: "what it is worth, 0 to 100, whatever its weight", ticks: ["0", "25", "50", "75", "100"],
      factor: 100, numbers: () => lookedUp(land.criteria[number].codes, land.criteria[number].worth),
    })),
  ];
  return /** @type {View[]} */ (views.filter(Boolean));
}

/**
 * Lay the painted land on the map, and a second painting beside it where a reader wants to compare.
 * @param {L.Map} map
 * @param {import("./types").PageData} data
 * @param {import("./live/model.js").Model} model
 * @param {(shown: View) => void} changed is told what is shown, on the left where there are two
 * @returns {{controls: HTMLElement, layer: L.Layer, show: (key: string) => void, shown: () => View, swipe: (key: string) => void}}
 */
export function paintedLand(map, data, model, changed) {
  const views = viewsOf(data, model);
  const ramps = { score: rampPixels(data.live.ramps.score), moved: rampPixels(data.live.ramps.moved) };
  const sides = { left: landLayer(data.live.frame, "surface"), right: landLayer(data.live.frame, "beside") };
  let left = views[0];
  let right = /** @type {View|null} */ (null);
  const divider = swipeDivider(map);

  const paint = (side, view) => sides[side].paint(model.land, view.numbers(), view.factor, ramps[view.ramp]);
  const choice = make("select", { id: "view-choice" }, ...views.map((view) => make("option", { value: view.key }, view.title)));
  const other = make("select", { id: "view-other" }, make("option", { value: "" }, "Nothing: one view"), ...views.map((view) => make("option", { value: view.key }, view.title)));
  const opacity = make("input", { type: "range", id: "view-opacity", min: 10, max: 100, step: 1, value: OPACITY });
  const show = (key) => {
    left = views.find((view) => view.key === key) ?? views[0];
    choice.value = left.key;
    paint("left", left);
    changed(left);
  };
  const swipe = (key) => {
    right = views.find((view) => view.key === key) ?? null;
    other.value = right?.key ?? "";
    if (right) {
      paint("right", right);
      map.addLayer(sides.right);
    } else {
      map.removeLayer(sides.right);
    }
    divider.show(right && [left.title, right.title]);
  };
  const fade = () => ["surface", "beside"].forEach((pane) => {
    /** @type {HTMLElement} */ (map.getPane(pane)).style.opacity = String(Number(opacity.value) / 100);
  });
  choice.addEventListener("change", () => {
    show(choice.value);
    divider.show(right && [left.title, right.title]);
  });
  other.addEventListener("change", () => swipe(other.value));
  opacity.addEventListener("input", fade);
  model.listen(() => {
    if (left.live) {
      paint("left", left);
      changed(left);
    }
    if (right?.live) {
      paint("right", right);
    }
  });
  show(left.key);
  fade();
  const controls = make(
    "fieldset",
    { class: "view-controls" },
    make("legend", {}, "The land shows"),
    choice,
    make("label", { for: "view-other" }, "Beside it, with a handle to swipe"),
    other,
    make("label", { for: "view-opacity" }, "Opacity of the land's colours"),
    opacity,
  );
  choice.setAttribute("aria-label", "What the land shows");
  return { controls, layer: sides.left, show, shown: () => left, swipe };
}

/** A handle that divides the map between two paintings. */
function swipeDivider(map) {
  const left = make("span", { class: "swipe-title" });
  const right = make("span", { class: "swipe-title" });
  const grip = make("button", { type: "button", class: "swipe-grip", role: "slider", "aria-label": "Divide the map between two views", "aria-valuemin": 0, "aria-valuemax": 100 }, "⇔");
  const bar = make("div", { class: "swipe", hidden: true }, left, grip, right);
  map.getContainer().append(bar);
  L.DomEvent.disableClickPropagation(bar);
  let share = 0.5;
  let on = false;
  const clip = () => {
    const size = map.getSize();
    const [from, to] = [map.containerPointToLayerPoint([0, 0]), map.containerPointToLayerPoint(size)];
    const middle = from.x + size.x * share;
    const cut = (pane, begin, end) => {
      map.getPane(pane).style.clip = on ? `rect(${from.y}px, ${end}px, ${to.y}px, ${begin}px)` : "";
    };
    cut("surface", from.x, middle);
    cut("beside", middle, to.x);
    bar.style.left = `${100 * share}%`;
    grip.setAttribute("aria-valuenow", String(Math.round(100 * share)));
  };
  const move = (to) => {
    share = Math.min(Math.max(to, 0.02), 0.98);
    clip();
  };
  grip.addEventListener("pointerdown", (event) => {
    grip.setPointerCapture(event.pointerId);
    event.preventDefault();
    grip.focus();
  });
  grip.addEventListener("pointermove", (event) => {
    if (grip.hasPointerCapture(event.pointerId)) {
      const frame = map.getContainer().getBoundingClientRect();
      move((event.clientX - frame.left) / frame.width);
    }
  });
  grip.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -0.02, ArrowRight: 0.02, Home: -1, End: 1 }[event.key];
    if (step) {
      event.preventDefault();
      event.stopPropagation();
      move(share + step);
    }
  });
  map.on("move zoom viewreset resize zoomend", () => on && clip());
  return {
    show(titles) {
      on = Boolean(titles);
      bar.hidden = !on;
      [left.textContent, right.textContent] = titles || ["", ""];
      clip();
    },
  };
}
