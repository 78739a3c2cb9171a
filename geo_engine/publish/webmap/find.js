/**
 * The search box: a name, a pair of coordinates or a grid reference takes the map there and asks about the place.
 * @module
 */
import { make } from "./elements.js";
import { place } from "./geometry.js";
import { findNames, readPair, readReference } from "./live/places.js";
import { cellAt } from "./live/frame.js";

const MOST = 8;

/**
 * @param {import("./types").App} app
 * @returns {L.Control}
 */
export function searchBox(app) {
  const { data } = app;
  const names = [
    ...data.sites.map((site, index) => ({ name: site.name, kind: data.given ? "site" : "area of search", go: () => app.pick(index) })),
    ...data.base.places.map(([lat, lon, name]) => ({ name, kind: "place", go: () => app.ask(...place([lat, lon], data.steps), name, true) })),
    ...data.layers.flatMap((layer) => layer.features.flatMap(({ name, at }) => (at ? [{ name, kind: layer.title, go: () => app.ask(...place(at, data.steps), name, true) }] : []))),
  ];
  const input = make("input", {
    type: "search", id: "find", role: "combobox", placeholder: data.live.nationalGrid ? "Find a place, SP 123 456, lat, lon" : "Find a place or lat, lon", autocomplete: "off",
    "aria-label": "Find a place, a grid reference or coordinates", "aria-expanded": "false", "aria-controls": "found", "aria-autocomplete": "list",
  });
  const list = make("ul", { id: "found", class: "plain found", role: "listbox", "aria-label": "Found", hidden: true });
  let found = [];
  let active = -1;

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const take = (number) => {
    const entry = found[number];
    if (entry) {
      close();
      input.value = entry.name;
      entry.go();
    }
  };
  const mark = (number) => {
    active = number;
    [...list.children].forEach((row, each) => row.setAttribute("aria-selected", String(each === active)));
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", `found-${active}`);
    }
  };
  const search = () => {
    const text = input.value;
    found = [...coordinates(app, text), ...findNames(names, text, MOST)].slice(0, MOST);
    const rows = found.map((entry, number) => {
      const row = make("li", { role: "option", id: `found-${number}`, "aria-selected": "false" }, entry.name, make("span", { class: "quiet" }, entry.kind));
      row.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        take(number);
      });
      return row;
    });
    const none = text.trim() && !rows.length && make("li", { class: "quiet", role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing found");
    list.replaceChildren(...rows, ...(none ? [none] : []));
    list.hidden = !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(found.length ? 0 : -1);
  };
  input.addEventListener("input", search);
  input.addEventListener("focus", () => input.value && search());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      mark((active + step + found.length) % found.length);
    } else if (event.key === "Enter") {
      take(active);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      close();
    }
  });
  const Find = L.Control.extend({
    onAdd() {
      const box = make("search", { class: "find" }, input, list);
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return box;
    },
  });
  return new Find({ position: "topleft" });
}

/** What a text means as coordinates: those that lie on the study's grid come first, and others only where none does. */
function coordinates(app, text) {
  const { data, model } = app;
  const { land } = model;
  const reference = data.live.nationalGrid ? readReference(text) : null;
  const entries = [...(reference ? [reference] : []), ...readPair(text)].map((meant) => {
    const [lon, lat] = meant.kind === "metres" ? land.toDegrees(meant.easting, meant.northing) : [meant.lon, meant.lat];
    const [easting, northing] = meant.kind === "metres" ? [meant.easting, meant.northing] : land.toStudy(lon, lat);
    const kind = meant === reference ? "grid reference" : meant.kind === "metres" ? "easting, northing" : `latitude ${lat}, longitude ${lon}`;
    return { name: text.trim(), kind, inside: cellAt(land.grid, easting, northing) >= 0, go: () => app.ask(lat, lon, text.trim(), true) };
  });
  const inside = entries.filter((entry) => entry.inside);
  return inside.length ? inside : entries.map((entry) => ({ ...entry, kind: `${entry.kind}, outside ${data.region}` }));
}
