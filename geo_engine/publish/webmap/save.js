/**
 * What a planner takes away: ranking, weights, link, picture, paper.
 * @module
 */
import { button, download, make } from "./elements.js";
import { csv, fragment, toml } from "./live/takeaway.js";
import { pictureOf } from "./picture.js";

/**
 * @param {import("./types").App} app
 * @returns {HTMLElement}
 */
export function saveView(app) {
  const { data, model } = app;
  const said = make("p", { class: "quiet", role: "status" });
  const shown = make("textarea", { class: "taken", readonly: true, rows: 10, hidden: true, "aria-label": "Text to copy" });
  const show = (text, words) => {
    shown.value = text;
    shown.hidden = false;
    said.textContent = words;
  };
  const copy = async (text, words) => {
    show(text, words);
    shown.focus();
    shown.select();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      said.textContent = `${words} Press Ctrl+C to copy it.`;
    }
  };
  const name = fileName(`${data.title} ${data.region}`);
  const row = (title, note, ...buttons) => make("div", { class: "take" }, make("h3", {}, title), make("p", { class: "quiet" }, note), ...buttons);
  return make(
    "div",
    { class: "save" },
    row(
      "The ranking as it stands", "CSV with the columns of the study's sites.csv; rank, score and contributions follow your weights.",
      button("Save ranking (CSV)", () => download(`${name}-ranking.csv`, new Blob([rankingText(app)], { type: "text/csv" }))),
    ),
    row("Your weights", "A scenario to paste into the study's TOML file and to run.", button("Show weights (TOML)", () => copy(weightsText(app), "Weights as a scenario."))),
    row("A link to this view", "The part after the # holds weights, view and what is chosen: put it after the address of any copy of this file.", button("Copy link", () => copy(linkOf(app), "Link to this view."))),
    row("A picture", "The map as it is on the screen, with its legend's colours.", button("Save picture (PNG)", async () => {
      said.textContent = "Drawing the picture …";
      download(`${name}.png`, await pictureOf(app));
      said.textContent = "Picture saved.";
    })),
    row("On paper", "The map and the ranking on pages to print.", button("Print", () => printed(app))),
    said,
    shown,
    make("p", { class: "quiet" }, model.land.count ? `Computed on ${model.land.count.toLocaleString("en-GB")} cells in this page; nothing leaves it.` : ""),
  );
}

/** Print with a picture in the map's place: paper has another shape than the screen. */
async function printed(app) {
  const address = URL.createObjectURL(await pictureOf(app));
  const picture = make("img", { class: "print-map", src: address, alt: `Map of ${app.data.region}` });
  await picture.decode();
  document.body.prepend(picture);
  document.body.classList.add("with-picture");
  window.addEventListener("afterprint", () => {
    picture.remove();
    document.body.classList.remove("with-picture");
    URL.revokeObjectURL(address);
  }, { once: true });
  window.print();
}

function weightsText({ data, model }) {
  return toml(data.criteria, model.setting().shares, model.setting().method, model.setting().method === data.live.method.kind);
}

/**
 * The ranking under the planner's weights, by rank: the engine's own table where the weights are the study's.
 * @param {import("./types").App} app
 * @returns {string}
 */
export function rankingText({ data, model }) {
  const { columns, rows } = data.table;
  const standings = model.standings();
  const order = rows.map((_, index) => index).sort((one, other) => standings[one].rank - standings[other].rank || one - other);
  const studys = model.isStudys();
  const made = order.map((index) => {
    const row = [...rows[index]];
    if (!studys) {
      const put = (column, value) => {
        row[columns.indexOf(column)] = Number.isNaN(value) ? null : Number(value.toFixed(4));
      };
      put("rank", standings[index].rank);
      put("score", standings[index].score);
      model.sitePartsOf(index).forEach((part, number) => put(`${data.criteria[number].key}_contribution`, part));
    }
    return row;
  });
  return csv([columns, ...made]);
}

/**
 * @param {import("./types").App} app
 * @returns {string}
 */
export function linkOf(app) {
  const { model, map } = app;
  const centre = map.getCenter();
  const linked = {
    ...(model.isStudys() ? {} : { shares: model.setting().shares, method: model.setting().method }),
    view: /** @type {[number, number, number]} */ ([centre.lat, centre.lng, map.getZoom()]),
    shows: app.shown().key,
    ...app.chosen(),
  };
  return `${window.location.href.replace(/#.*$/, "")}#${fragment(linked)}`;
}

function fileName(text) {
  return text.normalize("NFKD").replace(/[^A-Za-z0-9]+/g, "-").replace(/^-+|-+$/g, "").toLowerCase().slice(0, 60) || "map";
}
