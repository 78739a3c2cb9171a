/**
 * What leads away from the chosen area, on the map: routes, isochrones, the line to the grid.
 * @module
 */
import { make, makeSvg } from "./elements.js";
import { paths, place } from "./geometry.js";
import { bring } from "./room.js";

const CLOSEST = 14;
const ROOM = /** @type {[number, number]} */ ([36, 16]); // for the signs at the ends
const THINNEST = 3;
const WIDER = 2.2; // so that routes on one road show side by side, the shortest on top
const CASING = 3;
const FAINT = 0.2;
const SIDES = [[0.5, 1.4], [-0.2, 0.5], [0.5, -0.4], [1.2, 0.5]]; // of a sign's own size: above, right, below, left of the end
const SIGN = /** @type {[number, number]} */ ([68, 22]);
const BESIDE = /** @type {[number, number]} */ ([8, 46]); // a sign's words, towards the middle of the map and below it

/**
 * @typedef {"routes"|"connection"|"bands"} Kind
 * @typedef {object} Ways
 * @property {(index: number|null) => void} choose draw what leads away from this area, or nothing
 * @property {(kind: Kind) => boolean} shown
 * @property {(kind: Kind, on: boolean) => void} show
 * @property {(listener: () => void) => void} listen be told when a kind is shown or hidden, until another area is chosen
 * @property {(kind: Kind, number?: number|null) => void} fit bring it, or one of its parts, into view and show it
 * @property {(kind: Kind, number: number|null) => void} point make one part stand out, or none
 */

/**
 * @param {L.Map} map
 * @param {import("./types").PageData} data page data with ways
 * @param {(shown: Array<{title: string, swatch: () => Node}>) => void} changed is told what the legend must explain
 * @returns {Ways}
 */
export function drawWays(map, data, changed) {
  const pens = { ways: L.svg({ pane: "ways" }), bands: L.svg({ pane: "bands", padding: 0.3 }) }; // once: a renderer stays on the map
  const on = { routes: true, connection: true, bands: false };
  let drawn = {};
  let listeners = [];
  const report = () => {
    changed(Object.entries(drawn).flatMap(([kind, entry]) => (on[kind] ? entry.signs : [])));
    listeners.forEach((listener) => listener());
  };
  const apply = (kind) => {
    if (drawn[kind]) {
      map[on[kind] ? "addLayer" : "removeLayer"](drawn[kind].layer);
    }
  };
  const ways = {
    choose(index) {
      Object.values(drawn).forEach((entry) => map.removeLayer(entry.layer));
      drawn = index === null ? {} : drawnOf(data, index, pens, (kind, number) => ways.fit(kind, number));
      listeners = [];
      Object.keys(drawn).forEach(apply);
      report();
    },
    shown: (kind) => on[kind],
    listen(listener) {
      listeners.push(listener);
    },
    show(kind, wanted) {
      on[kind] = wanted;
      apply(kind);
      report();
    },
    /** @param {Kind} kind @param {number|null} [number] */
    fit(kind, number = null) {
      if (!on[kind]) {
        ways.show(kind, true);
      }
      bring(map, drawn[kind].bounds(number), CLOSEST, ROOM);
    },
    point(kind, number) {
      if (on[kind]) {
        drawn[kind]?.point(number);
      }
    },
  };
  return ways;
}

function drawnOf(data, index, pens, fit) {
  const { ways } = data;
  const found = ways.sites[index];
  const drawn = {};
  if (found.routes.some(Boolean)) {
    drawn.routes = routesOf(ways, found, data, pens.ways, fit);
  }
  if (found.connection?.line) {
    drawn.connection = connectionOf(ways, found, data, pens.ways, fit);
  }
  if (found.bands.some((band) => band.rings.length)) {
    drawn.bands = bandsOf(ways, found, data, pens.bands);
  }
  return drawn;
}

/** The routes, the longest at the bottom and the widest, and a sign with the minutes at each end. */
function routesOf(ways, found, data, renderer, fit) {
  const order = found.routes.map((_, number) => number).filter((number) => found.routes[number]);
  order.sort((one, other) => found.routes[other].metres - found.routes[one].metres);
  const lines = new Map();
  const ends = new Map();
  const casings = [];
  order.forEach((number, depth) => {
    const route = found.routes[number];
    const way = ways.routes[number];
    const shape = paths(route.line, data.steps);
    const weight = THINNEST + WIDER * (order.length - 1 - depth);
    casings.push(L.polyline(shape, { renderer, pane: "ways", interactive: false, color: "#ffffff", weight: weight + CASING, opacity: 0.9 }));
    const line = L.polyline(shape, { renderer, pane: "ways", color: way.colour, weight, opacity: 1 });
    const end = signAt(place(route.at, data.steps), way, number, `${route.time}`, `${way.name}: ${route.facility}, ${route.time}, ${route.length}`);
    [line, end].forEach((layer) => {
      layer.bindTooltip(() => routeTip(route, way), { ...(layer === line ? { sticky: true } : { offset: BESIDE }), opacity: 1, className: "tip" });
      layer.on("click", () => fit("routes", number));
    });
    lines.set(number, line);
    ends.set(number, end);
  });
  const layer = L.featureGroup([...casings, ...order.map((number) => lines.get(number)), ...order.map((number) => ends.get(number))]);
  return {
    layer,
    signs: order
      .slice()
      .sort((one, other) => one - other)
      .map((number) => ({ title: ways.routes[number].name, swatch: () => lineSign(ways.routes[number].colour) })),
    bounds: (number) => (number === null ? layer.getBounds() : lines.get(number).getBounds()),
    point(chosen) {
      casings.forEach((casing, index) => casing.setStyle({ opacity: chosen === null || order[index] === chosen ? 0.9 : 0 }));
      for (const [number, line] of lines) {
        const apart = chosen !== null && number !== chosen;
        line.setStyle({ opacity: apart ? FAINT : 1 });
        ends.get(number).setOpacity(apart ? FAINT : 1).closeTooltip();
      }
      ends.get(chosen)?.openTooltip();
    },
  };
}

/** The land within each limit, the widest at the bottom; the pane is see-through as one, so that colours are those of the legend. */
function bandsOf(ways, found, data, renderer) {
  const labels = [];
  const shapes = found.bands.map((band, number) => {
    const shape = L.polygon(paths(band.rings, data.steps), {
      renderer, pane: "bands", fillColor: ways.bands[number].colour, fillOpacity: 1, color: "#ffffff", weight: 1.2, opacity: 1,
    });
    shape.bindTooltip(() => `Within ${ways.bands[number].title}: ${band.area}`, { sticky: true, opacity: 1, className: "tip" });
    if (band.rings.length) {
      const largest = /** @type {L.LatLng[][]} */ (shape.getLatLngs()).reduce((long, ring) => (ring.length > long.length ? ring : long));
      const head = largest.reduce((north, at) => (at.lat > north.lat ? at : north));
      labels.push(L.tooltip(head, { permanent: true, direction: "center", className: "band-label", content: ways.bands[number].title, opacity: 1 }));
    }
    return shape;
  });
  const layer = L.featureGroup([...shapes.slice().reverse(), ...labels]);
  return {
    layer,
    signs: ways.bands.map((band, number) => ({ title: `Within ${band.title}`, swatch: () => bandSign(ways.bands[number].colour) })),
    bounds: (number) => shapes[number ?? shapes.length - 1].getBounds(),
    point(chosen) {
      shapes.forEach((shape, number) => shape.setStyle(number === chosen ? { color: "#1b2430", weight: 3 } : { color: "#ffffff", weight: 1.2 }));
    },
  };
}

function connectionOf(ways, found, data, renderer, fit) {
  const { connection } = found;
  const shape = paths(connection.line, data.steps);
  const { colour } = ways.connection;
  const casing = L.polyline(shape, { renderer, pane: "ways", interactive: false, color: "#ffffff", weight: 6 });
  const line = L.polyline(shape, { renderer, pane: "ways", color: colour, weight: 3, dashArray: "7 5", lineCap: "butt" });
  const end = L.marker(place(connection.at, data.steps), {
    icon: L.divIcon({ className: "grid-end", iconSize: [16, 16] }),
    keyboard: true,
  });
  labelled(end, `Grid connection, indicative: ${connection.target}, ${connection.length}`);
  [line, end].forEach((layer) => {
    layer.bindTooltip(() => connectionTip(connection), { sticky: layer === line, opacity: 1, className: "tip" });
    layer.on("click", () => fit("connection"));
  });
  const layer = L.featureGroup([casing, line, end]);
  return {
    layer,
    signs: [{ title: "Grid connection (indicative)", swatch: () => lineSign(colour, "4 3") }],
    bounds: () => line.getBounds(),
  };
}

/** A sign with the minutes beside the end of a route: each route has a side of its own, as two may end at one place. */
function signAt(at, way, number, text, label) {
  const dot = make("span", { class: "way-dot", "aria-hidden": "true" });
  dot.style.background = way.colour;
  const [right, down] = SIDES[number % SIDES.length];
  const body = make("span", { class: "way-sign" }, dot, text);
  body.style.borderColor = way.colour;
  const marker = L.marker(at, {
    icon: L.divIcon({ className: "way-end", html: body, iconSize: SIGN, iconAnchor: [right * SIGN[0], down * SIGN[1]] }),
    keyboard: true,
    zIndexOffset: 4000,
  });
  return labelled(marker, label);
}

function labelled(marker, label) {
  return marker.on("add", () => {
    const element = marker.getElement();
    element.setAttribute("aria-label", label);
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        event.stopPropagation();
        marker.fire("click");
      }
    });
  });
}

function routeTip(route, way) {
  return make(
    "div",
    {},
    make("strong", {}, `${way.name}: ${route.facility}`),
    make("div", {}, `${route.time}, ${route.length}`),
    route.roads && make("div", { class: "quiet" }, `by ${route.roads}`),
  );
}

function connectionTip(connection) {
  return make(
    "div",
    {},
    make("strong", {}, `To ${connection.target}: ${connection.length}`),
    connection.cost && make("div", {}, `${connection.cost}, indicative`),
  );
}

/**
 * The sign of a route or of the line to the grid.
 * @param {string} colour
 * @param {string} [dashes]
 * @returns {SVGElement}
 */
export function lineSign(colour, dashes) {
  const picture = makeSvg("svg", { class: "swatch", viewBox: "0 0 22 14", width: 22, height: 14, "aria-hidden": "true" });
  const line = (stroke, width, more) => makeSvg("path", { d: "M1 7 H21", fill: "none", stroke, "stroke-width": width, ...more });
  if (dashes) {
    picture.append(line(colour, 4, { "stroke-dasharray": dashes }));
  } else {
    picture.append(line("#52606d", 6, {}), line(colour, 4.5, {})); // an edge, so that light colours show on paper
  }
  return picture;
}

/**
 * The sign of an isochrone.
 * @param {string} colour
 * @returns {HTMLElement}
 */
export function bandSign(colour) {
  const box = make("span", { class: "swatch band-swatch", "aria-hidden": "true" });
  box.style.background = colour;
  return box;
}
