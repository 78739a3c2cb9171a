/**
 * Puts the page together.
 * @module
 */
import { aboutView } from "./about.js";
import { drawAreas } from "./areas.js";
import { placeCard } from "./ask.js";
import { drawBase } from "./basemap.js";
import { areaCard } from "./card.js";
import { demandLayer, demandList } from "./demand.js";
import { isSheet, make } from "./elements.js";
import { entriesOf } from "./entries.js";
import { searchBox } from "./find.js";
import { place } from "./geometry.js";
import { buildLegend } from "./legend.js";
import { readDrawn, readLand } from "./live/land.js";
import { createModel } from "./live/model.js";
import { learnUnits } from "./live/quantity.js";
import { readFragment } from "./live/takeaway.js";
import { sharesOf } from "./live/weights.js";
import { buildPanel } from "./panel.js";
import { pinned } from "./pins.js";
import { bring, freeRoom } from "./room.js";
import { saveView } from "./save.js";
import { weightView } from "./sliders.js";
import { layerSwitches } from "./switches.js";
import { siteTable } from "./table.js";
import { themeButton } from "./theme.js";
import { paintedLand } from "./views.js";
import { drawWays } from "./ways.js";

const LEGEND_ROOM = 290;
const BEYOND = 0.8;
const SHEET_BEYOND = 5; // so that any place can come to the small free part above the open sheet
const POINT_ZOOM = 9;
const PLACE_ZOOM = 11;
const POINT_ROOM = 20; // for the signs at a line's ends

/**
 * Start the page.
 * @param {L.Map} map as folium made it
 * @param {string} dataId of the element with the page data
 * @param {string} cellsId of the element with the packed numbers
 * @returns {Promise<import("./types").App>} the page, for whoever wants to ask it more
 */
export async function start(map, dataId, cellsId) {
  const written = JSON.parse(textOf(dataId));
  frameMap(map, written);
  const packed = textOf(cellsId).trim().split(" ");
  /** @type {import("./types").PageData} */
  const data = { ...written, ...(await readDrawn(written.live, packed)) };
  const base = drawBase(map, data);
  learnUnits(data.live.units);
  const land = await readLand(data.live, packed);
  const model = createModel(land, data.live);
  const legend = buildLegend(data);
  const app = pageOf(map, data, model, legend, base);
  followFragment(app);
  window.addEventListener("hashchange", () => followFragment(app));
  map.getContainer().dataset.ready = "yes";
  return app;
}

function textOf(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id)).textContent ?? "";
}

function frameMap(map, data) {
  const bounds = L.latLngBounds(data.view);
  map.setMaxZoom(15).fitBounds(bounds, { paddingTopLeft: [12, 12], paddingBottomRight: [isSheet() ? 12 : LEGEND_ROOM, 12 + sheetPeek()], animate: false });
  map.setMinZoom(Math.max(map.getZoom() - (isSheet() ? 2 : 1), 3)).setMaxBounds(bounds.pad(isSheet() ? SHEET_BEYOND : BEYOND));
  L.control.zoom({ position: "topright" }).addTo(map);
  L.control.scale({ position: "bottomleft", imperial: true, maxWidth: 120 }).addTo(map);
}

/**
 * Join the parts of the page.
 * @returns {import("./types").App}
 */
function pageOf(map, data, model, legend, base) {
  let opener = /** @type {HTMLElement|null} */ (null);
  let card = /** @type {{element: HTMLElement, update: () => void}|null} */ (null);
  let chosen = /** @type {{site?: string, place?: [number, number]}} */ ({});
  const pin = L.marker([0, 0], { icon: L.divIcon({ className: "asked-pin", iconSize: [16, 16], iconAnchor: [8, 8] }), keyboard: false, interactive: false });

  const showCard = (made, what) => {
    const inside = document.activeElement;
    opener = inside instanceof HTMLElement && inside !== document.body && !inside.closest(".card") ? inside : opener;
    card = made;
    chosen = what;
    demand?.closeTip();
    panel.show(made.element);
    made.element.querySelector("h2")?.focus({ preventScroll: true });
  };
  const chooseArea = (index) => {
    areas.choose(index);
    ways?.choose(index);
    table.chosen(index);
  };
  /** @type {import("./types").App} */
  const app = {
    map,
    data,
    model,
    ways: null,
    pick(index) {
      map.removeLayer(pin);
      chooseArea(index);
      showCard(areaCard(app, index), { site: data.sites[index].id });
      areas.fly(index);
    },
    ask(lat, lon, name = "", go = false) {
      chooseArea(null);
      pin.setLatLng([lat, lon]).addTo(map);
      showCard(placeCard(app, lat, lon, name), { place: [lat, lon] });
      if (go) {
        app.bringPoint(lat, lon);
      }
    },
    back() {
      const index = data.sites.findIndex((site) => site.id === chosen.site);
      card = null;
      chosen = {};
      map.removeLayer(pin);
      panel.show(null);
      chooseArea(null);
      if (opener?.isConnected) {
        opener.focus({ preventScroll: true });
      } else if (index >= 0) {
        table.focus(index);
      }
    },
    bringPoint: (lat, lon) => bring(map, L.latLngBounds([[lat, lon], [lat, lon]]), Math.max(map.getZoom(), PLACE_ZOOM)),
    order: () => byRank(model),
    chosen: () => chosen,
    shown: () => painted.shown(),
    show: (key) => painted.show(key),
    pins: pinned(data, model, () => {
      table.update();
      card?.update();
    }),
  };
  const painted = paintedLand(map, data, model, legend.show);
  map.addControl(searchBox(app));
  map.addControl(legend.control);
  map.addControl(attribution(data));
  const areas = drawAreas(map, data, model, app.pick);
  const demand = data.demand && demandLayer(data);
  const ways = data.ways && drawWays(map, data, legend.updateChosen);
  app.ways = ways;
  const switches = layerSwitches(map, entriesOf(map, data, model.land, { land: painted.layer, areas: areas.layer, demand: demand?.layer ?? null, ...base }), legend.update);
  const table = siteTable(data.sites, data.noun, model.standings, model.first, { pick: app.pick, pin: app.pins.toggle, pinned: app.pins.has });
  const go = (number) => {
    switches.turnOn(demand.layer);
    showPoint(map, data, data.demand.points[number]);
    demand.openTip(number);
  };
  map.on("click", (event) => {
    demand?.closeTip();
    app.ask(event.latlng.lat, event.latlng.lng);
  });
  const views = [
    { title: data.given ? "Sites" : "Areas", content: areasView(data, table, app.pins.bar), fills: true },
    { title: "Weights", content: weightView(data, model, app.pick), seen: () => isSheet() && wholeRegion(map, data) },
    { title: "Layers", content: make("div", {}, painted.controls, switches.element) },
    data.demand && { title: "Demand", content: demandList(data, go) },
    { title: "Save", content: saveView(app) },
    { title: "About", content: aboutView(data) },
  ];
  const panel = buildPanel(/** @type {HTMLElement} */ (document.getElementById("panel")), data, views.filter(Boolean), themeButton(base.restyle));
  model.listen(() => {
    table.update();
    card?.update();
    app.pins.update();
  });
  keys(app, model);
  window.addEventListener("beforeprint", () => table.all(true));
  window.addEventListener("afterprint", () => table.all(false));
  return app;
}

function areasView(data, table, pinBar) {
  const notes = data.notes.map((note) => make("p", { class: "note" }, note));
  if (!data.sites.length) {
    return make("div", { class: "no-areas" }, make("p", {}, `No ${data.given ? "site" : "area"} passes every rule and has the land that the facility needs.`), ...notes);
  }
  const more = notes.length ? make("details", { class: "notes" }, make("summary", {}, `What to know of this ranking (${notes.length})`), ...notes) : null;
  return make("div", { class: "areas-view" }, more, table.element, pinBar);
}

function keys(app, model) {
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.getAttribute("type") !== "range";
    if (event.key === "Escape" && document.querySelector(".card")) {
      app.back();
    } else if ((event.ctrlKey || event.metaKey) && !typing && /^[zy]$/i.test(event.key)) {
      event.preventDefault();
      model[event.key.toLowerCase() === "z" && !event.shiftKey ? "undo" : "redo"]();
    }
  });
}

/** Take over what a link says: weights, what the land shows, the view, and what is chosen. */
function followFragment(app) {
  const { data, model, map } = app;
  const linked = readFragment(window.location.hash, data.criteria.length);
  if (linked.shares) {
    const method = model.methods.some((each) => each.kind === linked.method) ? linked.method : model.setting().method;
    model.set({ ...model.setting(), shares: sharesOf(linked.shares), method: /** @type {string} */ (method) });
  }
  if (linked.shows) {
    app.show(linked.shows);
  }
  const index = data.sites.findIndex((site) => site.id === linked.site);
  if (index >= 0) {
    app.pick(index);
  } else if (linked.place) {
    app.ask(...linked.place);
  }
  if (linked.view) {
    map.setView([linked.view[0], linked.view[1]], linked.view[2], { animate: false });
  }
}

/** Bring the whole region into what the open sheet leaves free, so that the land is seen to answer. */
function wholeRegion(map, data) {
  const room = freeRoom(map);
  map.fitBounds(L.latLngBounds(data.view), { paddingTopLeft: room.min, paddingBottomRight: map.getSize().subtract(room.max), animate: false });
}

function byRank(model) {
  const standings = model.standings();
  return standings.map((_, index) => index).sort((one, other) => standings[one].rank - standings[other].rank || one - other);
}

/** Show a demand point together with the area at its line's other end, where it has one. */
function showPoint(map, data, point) {
  const ends = [place(point.at, data.steps)];
  if (point.site !== null) {
    ends.push(place(data.sites[point.site].at, data.steps));
  }
  const room = freeRoom(map);
  map.fitBounds(L.latLngBounds(ends), {
    maxZoom: Math.max(map.getZoom(), POINT_ZOOM),
    paddingTopLeft: room.min.add([POINT_ROOM, POINT_ROOM]),
    paddingBottomRight: map.getSize().subtract(room.max).add([POINT_ROOM, POINT_ROOM]),
    animate: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
}

/** Pixels at the map's foot under the panel when it is a closed sheet. */
function sheetPeek() {
  return isSheet() ? 132 : 0;
}

function attribution(data) {
  const Sources = L.Control.extend({
    onAdd() {
      const box = make("details", { class: "sources" }, make("summary", {}, "Sources"), ...data.attribution.map((sentence) => make("p", {}, sentence)));
      L.DomEvent.disableClickPropagation(box);
      return box;
    },
  });
  return new Sources({ position: "bottomleft" });
}
