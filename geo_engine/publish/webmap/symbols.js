/**
 * Signs for points, the same on the map's canvas and in the legend.
 * @module
 */
import { makeSvg } from "./elements.js";

const CORNERS = {
  square: regular(4, 1.25, Math.PI / 4),
  triangle: regular(3, 1.3, -Math.PI / 2),
  diamond: regular(4, 1.3, 0),
  pentagon: regular(5, 1.15, -Math.PI / 2),
  star: star(),
  plus: cross(0),
  cross: cross(Math.PI / 4),
};

function regular(count, radius, turn) {
  return Array.from({ length: count }, (_, index) => {
    const angle = turn + (2 * Math.PI * index) / count;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

function star() {
  return Array.from({ length: 10 }, (_, index) => {
    const angle = -Math.PI / 2 + (Math.PI * index) / 5;
    const radius = index % 2 ? 0.62 : 1.45;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

function cross(turn) {
  const arm = [[-0.4, -1.25], [0.4, -1.25], [0.4, -0.4], [1.25, -0.4], [1.25, 0.4], [0.4, 0.4], [0.4, 1.25], [-0.4, 1.25], [-0.4, 0.4], [-1.25, 0.4], [-1.25, -0.4], [-0.4, -0.4]];
  return arm.map(([x, y]) => [x * Math.cos(turn) - y * Math.sin(turn), x * Math.sin(turn) + y * Math.cos(turn)]);
}

L.Canvas.include({
  _updateSign(layer) {
    if (!this._drawing || layer._empty()) {
      return;
    }
    const { x, y } = layer._point;
    const radius = layer._radius;
    const pen = this._ctx;
    pen.beginPath();
    for (const [dx, dy] of CORNERS[layer.options.shape]) {
      pen.lineTo(x + dx * radius, y + dy * radius);
    }
    pen.closePath();
    this._fillStroke(pen, layer);
  },
});

const CircleMarker = /** @type {any} */ (L.CircleMarker); // Leaflet's own way to make classes has no types

const Sign = CircleMarker.extend({
  _updatePath() {
    if (this.options.shape === "circle") {
      this._renderer._updateCircle(this);
    } else {
      this._renderer._updateSign(this);
    }
  },
});

/**
 * A point sign on a canvas.
 * @param {[number, number]} at
 * @param {{shape: string, colour: string}} style
 * @param {object} options of Leaflet's CircleMarker
 * @returns {L.CircleMarker}
 */
export function sign(at, style, options) {
  return new Sign(at, {
    radius: 5, weight: 1.2, color: "#ffffff", opacity: 1, fillColor: style.colour, fillOpacity: 0.95, shape: style.shape, ...options,
  });
}

/**
 * The sign of a layer for the legend.
 * @param {{shape: string, colour: string}} style
 * @returns {SVGElement}
 */
export function legendSign(style) {
  const picture = makeSvg("svg", { class: "swatch", viewBox: "-11 -7 22 14", width: 22, height: 14, "aria-hidden": "true" });
  if (style.shape === "line") {
    picture.append(makeSvg("path", { d: "M-10 3 L-3 -3 L3 2 L10 -3", fill: "none", stroke: style.colour, "stroke-width": 2 }));
  } else if (style.shape === "area") {
    picture.append(makeSvg("rect", { x: -9, y: -5, width: 18, height: 10, fill: style.colour, "fill-opacity": 0.15, stroke: style.colour, "stroke-width": 1.5 }));
  } else if (style.shape === "circle") {
    picture.append(makeSvg("circle", { r: 5, fill: style.colour }));
  } else {
    const corners = CORNERS[style.shape].map(([x, y]) => `${(x * 4.8).toFixed(2)},${(y * 4.8).toFixed(2)}`);
    picture.append(makeSvg("polygon", { points: corners.join(" "), fill: style.colour }));
  }
  return picture;
}
