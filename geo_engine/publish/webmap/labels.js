/**
 * Names of places that thin out by zoom: the largest first, and none on top of another.
 * @module
 */
import { make } from "./elements.js";
import { place } from "./geometry.js";

const RANKS = [
  { upTo: 14, size: 14, className: "large", from: 0 },
  { upTo: 70, size: 12.5, className: "medium", from: 7 },
  { upTo: Infinity, size: 11.5, className: "small", from: 9 },
];
const MOST_SHOWN = 60;
const ROOM = 7;
const MARKER = 13; // half a marker's side
const GAP = 11; // from a place's dot to the middle of its name

const Layer = /** @type {any} */ (L.Layer); // Leaflet's own way to make classes has no types

const PlaceLabels = Layer.extend({
  initialize(places, steps, areas) {
    this._areas = areas;
    this._places = places.map(([lat, lon, name]) => ({ at: L.latLng(place([lat, lon], steps)), name }));
  },

  onAdd(map) {
    this._box = make("div", { class: "place-labels", "aria-hidden": "true" });
    map.getPane("labels").append(this._box);
    map.on("moveend zoomend resize", this._draw, this);
    map.on("zoomstart", this._clear, this);
    this._draw();
  },

  onRemove(map) {
    map.off("moveend zoomend resize", this._draw, this);
    map.off("zoomstart", this._clear, this);
    this._box.remove();
  },

  _clear() {
    this._box.replaceChildren();
  },

  _draw() {
    const map = this._map;
    const view = map.getBounds().pad(0.15);
    const taken = map.hasLayer(this._areas) ? markerBoxes(map, this._areas) : [];
    const shown = [];
    let inView = 0;
    for (const entry of this._places) {
      if (!view.contains(entry.at)) {
        continue;
      }
      const rank = RANKS.find((each) => inView < each.upTo) ?? RANKS[RANKS.length - 1];
      inView += 1;
      if (shown.length >= 2 * MOST_SHOWN || map.getZoom() < rank.from) {
        break;
      }
      const dot = map.latLngToLayerPoint(entry.at);
      const boxes = besides(dot, entry.name, rank.size);
      const box = boxes.find((each) => !taken.some((other) => overlap(each, other)));
      if (!box) {
        continue;
      }
      taken.push(box);
      shown.push(dotOf(dot), labelOf(entry, box, rank));
    }
    this._box.replaceChildren(...shown);
  },
});

function markerBoxes(map, areas) {
  return areas.getLayers().filter((layer) => layer instanceof L.Marker).map((marker) => {
    const { x, y } = map.latLngToLayerPoint(marker.getLatLng());
    return { left: x - MARKER, right: x + MARKER, top: y - MARKER, bottom: y + MARKER };
  });
}

/** The boxes that a name may fill: above its dot, below, right, left. */
function besides(dot, name, size) {
  const side = (name.length * size * 0.56) / 2 + ROOM + 2;
  return [[0, -GAP], [0, GAP], [side, 0], [-side, 0]].map((shift) => boxOf(dot.add(shift), name, size));
}

function boxOf(point, name, size) {
  const half = (name.length * size * 0.56) / 2 + ROOM;
  const rise = size * 0.6 + ROOM / 2;
  return { point, left: point.x - half, right: point.x + half, top: point.y - rise, bottom: point.y + rise };
}

function overlap(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

function dotOf(point) {
  const dot = make("span", { class: "place-dot" });
  L.DomUtil.setPosition(dot, point.round());
  return dot;
}

function labelOf(entry, box, rank) {
  const label = make("span", { class: `place-label ${rank.className}` }, make("span", {}, entry.name));
  L.DomUtil.setPosition(label, box.point.round());
  return label;
}

/**
 * @param {import("./types").PageData} data page data
 * @param {L.FeatureGroup} areas whose markers are kept clear
 * @returns {L.Layer}
 */
export function placeLabels(data, areas) {
  return new PlaceLabels(data.base.places, data.steps, areas);
}
