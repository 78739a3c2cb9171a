/**
 * The areas as a table: sorted, filtered, by keyboard, and only the rows that are seen are drawn.
 * @module
 */
import { button, make, moved, movedSign, percent, rankText, scoreText, wholeNumber } from "./elements.js";
import { rowsSeen } from "./live/window.js";

const ROW = 56; // pixels, as the style sheet has it
const PAGE = 8; // rows that a page key moves on

/**
 * @typedef {object} Row
 * @property {string} id
 * @property {string} name
 * @property {string} region
 * @property {string} gridRef
 * @property {string} tier
 * @property {string} interval
 * @property {number|null} first share of the draws in which it is the best, in per cent
 *
 * @typedef {object} Actions
 * @property {(index: number) => void} pick
 * @property {(index: number) => void} pin
 * @property {(index: number) => boolean} pinned
 */

const ORDERS = {
  rank: { title: "Rank", of: (row, standing) => standing.rank },
  name: { title: "Name", of: (row) => row.name.toLowerCase() },
  region: { title: "Region", of: (row) => row.region.toLowerCase() },
  tier: { title: "Tier", of: (row) => row.tier },
  first: { title: "Share of draws at rank 1", of: (row) => -(row.first ?? -1) },
  moved: { title: "Places moved", of: (row, standing, before) => -Math.abs(standing.rank - before.rank) },
};

/**
 * @param {Row[]} rows in the study's order
 * @param {string} noun what the rows are called, such as "areas of search"
 * @param {() => import("./live/ranking.js").Standing[]} standings now
 * @param {import("./live/ranking.js").Standing[]} before standings under the study's weights
 * @param {Actions} actions
 * @returns {{element: HTMLElement, update: () => void, chosen: (index: number|null) => void, focus: (index: number) => void, all: (on: boolean) => void}}
 */
export function siteTable(rows, noun, standings, before, actions) {
  let order = "rank";
  let turned = false;
  let shown = rows.map((_, index) => index);
  let active = 0; // place in `shown` of the row that the keyboard is on
  let chosen = /** @type {number|null} */ (null);
  let whole = false;
  let drawn = "";
  const withTier = rows.some((row) => row.tier);

  const text = make("input", { type: "search", id: "filter-text", placeholder: "Filter by name", "aria-label": "Filter areas by name", autocomplete: "off" });
  const regions = [...new Set(rows.map((row) => row.region).filter(Boolean))].sort();
  const region = make("select", { "aria-label": "Filter areas by region" }, make("option", { value: "" }, "All regions"), ...regions.map((name) => make("option", { value: name }, name)));
  const sorting = make("select", { "aria-label": "Sort areas by" }, ...Object.entries(ORDERS).map(([key, { title }]) => make("option", { value: key }, `Sort: ${title}`)));
  const count = make("p", { class: "quiet", "aria-live": "polite" });
  const headings = ["rank", "name", withTier && "tier", "score"].filter(Boolean).map((key) => heading(/** @type {string} */ (key)));
  const body = make("tbody");
  const table = make("table", { class: "areas", "aria-label": `Ranked ${noun}` }, make("thead", {}, make("tr", {}, ...headings.map((each) => each.cell), make("th", { scope: "col", class: "pin-cell" }, make("span", { class: "hidden-text" }, "Pin")))), body);
  const frame = make("div", { class: "table-frame", tabindex: -1 }, table);

  function heading(key) {
    const by = key === "score" ? "rank" : key;
    const sort = button(key === "score" ? "Score" : key === "name" ? "Area" : ORDERS[key].title, () => sortBy(by), { class: "sort-button" });
    const cell = make("th", { scope: "col", class: `${key}-cell` }, sort);
    return { key, by, cell };
  }
  const sortBy = (key) => {
    turned = key === order ? !turned : false;
    order = key;
    arrange();
  };
  const arrange = () => {
    const standing = standings();
    const wanted = text.value.trim().toLowerCase();
    const keep = rows.map((_, index) => index).filter((index) => (!region.value || rows[index].region === region.value) && (!wanted || rows[index].name.toLowerCase().includes(wanted)));
    const keys = new Map(keep.map((index) => [index, ORDERS[order].of(rows[index], standing[index], before[index])]));
    keep.sort((one, other) => {
      const [left, right] = [keys.get(one), keys.get(other)];
      const way = left < right ? -1 : left > right ? 1 : standing[one].rank - standing[other].rank || one - other;
      return turned ? -way : way;
    });
    shown = keep;
    active = Math.min(active, Math.max(shown.length - 1, 0));
    sorting.value = order;
    headings.forEach(({ key, by, cell }) => cell.setAttribute("aria-sort", by === order && (key !== "score" || order === "rank") && key === order ? (turned ? "descending" : "ascending") : "none"));
    count.textContent = shown.length === rows.length ? `${wholeNumber(rows.length)} ${noun}` : `${wholeNumber(shown.length)} of ${wholeNumber(rows.length)} ${noun}`;
    table.setAttribute("aria-rowcount", String(shown.length + 1));
    draw(true);
  };
  const draw = (anew = false) => {
    if (!whole && !frame.clientHeight && drawn) {
      drawn = "stale"; // it is drawn when it is seen again
      return;
    }
    const seen = whole ? { first: 0, last: shown.length, above: 0, below: 0 } : rowsSeen(frame.scrollTop, frame.clientHeight || 600, ROW, shown.length);
    const key = `${seen.first}-${seen.last}`;
    if (!anew && key === drawn) {
      return;
    }
    drawn = key;
    const focused = document.activeElement instanceof HTMLElement && body.contains(document.activeElement) ? document.activeElement.dataset.site : undefined;
    const standing = standings();
    const made = [];
    if (seen.above) {
      made.push(spacer(seen.above));
    }
    for (let place = seen.first; place < seen.last; place += 1) {
      made.push(rowOf(shown[place], place, standing));
    }
    if (seen.below) {
      made.push(spacer(seen.below));
    }
    body.replaceChildren(...made);
    if (focused) {
      nameAt(focused)?.focus({ preventScroll: true });
    }
  };
  const nameAt = (id) => /** @type {HTMLElement|null} */ (body.querySelector(`.row-button[data-site="${CSS.escape(id)}"]`));
  const spacer = (height) => make("tr", { class: "spacer", "aria-hidden": "true", style: `height:${height}px` }, make("td", { colspan: 5 }));
  const rowOf = (index, place, standing) => {
    const row = rows[index];
    const now = standing[index];
    const change = moved(before[index].rank, now.rank);
    const name = button(row.name, () => actions.pick(index), { class: "row-button", "data-site": row.id, title: row.name, tabindex: place === active ? 0 : -1 });
    name.addEventListener("focus", () => reach(place));
    const bar = make("span", { class: "score-bar", "aria-hidden": "true" }, make("span", { style: `width:${now.score || 0}%` }));
    const pinned = actions.pinned(index);
    return make(
      "tr",
      { "aria-rowindex": place + 2, class: index === chosen ? "chosen" : null },
      make("td", { class: "rank-cell" }, make("span", { class: "rank" }, rankText(now)), movedSign(change), row.interval && make("div", { class: "quiet", title: "Ranks that hold 90 % of the draws, at the study's weights" }, row.interval)),
      make("td", { class: "name-cell" }, name, make("div", { class: "quiet" }, [row.region, row.gridRef].filter(Boolean).join(" · "))),
      withTier && make("td", { class: "tier-cell" }, row.tier, row.first !== null && make("div", { class: "quiet", title: "Share of the draws in which it ranks first, at the study's weights" }, percent(row.first))),
      make("td", { class: "number score-cell" }, make("strong", {}, scoreText(now.score)), bar),
      make("td", { class: "pin-cell" }, button(pinned ? "★" : "☆", () => actions.pin(index), { class: "pin", "aria-label": `Pin ${row.name} to compare`, "aria-pressed": String(pinned), tabindex: place === active ? 0 : -1 })),
    );
  };
  /** Let the tab key find the row that the arrow keys are on, and no other. */
  const reach = (place) => {
    active = place;
    for (const row of body.rows) {
      const on = row.ariaRowIndex === String(place + 2);
      row.querySelectorAll("button").forEach((each) => each.setAttribute("tabindex", on ? "0" : "-1"));
    }
  };
  const go = (place) => {
    const to = Math.min(Math.max(place, 0), shown.length - 1);
    const top = to * ROW;
    if (top < frame.scrollTop) {
      frame.scrollTop = top;
    } else if (top + 2 * ROW > frame.scrollTop + frame.clientHeight) {
      frame.scrollTop = top + 2 * ROW - frame.clientHeight;
    }
    draw(true);
    nameAt(rows[shown[to]].id)?.focus({ preventScroll: true });
  };
  body.addEventListener("keydown", (event) => {
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + PAGE, PageUp: active - PAGE, Home: 0, End: shown.length - 1 }[event.key];
    if (to !== undefined && shown.length) {
      event.preventDefault();
      go(to);
    }
  });
  frame.addEventListener("scroll", () => draw(), { passive: true });
  text.addEventListener("input", arrange);
  region.addEventListener("change", arrange);
  sorting.addEventListener("change", () => {
    turned = false;
    order = sorting.value;
    arrange();
  });
  new ResizeObserver(() => draw()).observe(frame);
  arrange();
  return {
    element: make("div", { class: "table-view" }, make("div", { class: "table-tools" }, text, region, sorting), count, frame),
    update: arrange,
    chosen(index) {
      chosen = index;
      draw(true);
    },
    focus(index) {
      if (shown.includes(index)) {
        go(shown.indexOf(index));
      }
    },
    all(on) {
      whole = on;
      draw(true);
    },
  };
}
