/**
 * Land of a rule as hatching that keeps its width on the screen at every zoom, painted from a one-bit image.
 * @module
 */
import { penOf } from "./elements.js";

const CELL = 8; // a tile's side is a multiple of it, so that strokes run on from tile to tile
const STROKES = {
  "/": [[-2, 2, 2, -2], [-2, 10, 10, -2], [6, 10, 10, 6]],
  "\\": [[-2, 6, 2, 10], [-2, -2, 10, 10], [6, -2, 10, 2]],
  "-": [[-1, 4, 9, 4]],
  "|": [[4, -1, 4, 9]],
  x: [[-2, -2, 10, 10], [-2, 10, 10, -2]],
};

/**
 * Make one repeat of a hatch.
 * @param {{colour: string, stroke: string}} style
 * @param {number} ratio device pixels in a pixel
 * @returns {HTMLCanvasElement}
 */
export function hatchCell(style, ratio) {
  const cell = document.createElement("canvas");
  cell.width = cell.height = CELL * ratio;
  const pen = penOf(cell);
  pen.scale(ratio, ratio);
  pen.strokeStyle = pen.fillStyle = style.colour;
  pen.lineWidth = 1.1;
  for (const [x0, y0, x1, y1] of STROKES[style.stroke] || []) {
    pen.beginPath();
    pen.moveTo(x0, y0);
    pen.lineTo(x1, y1);
    pen.stroke();
  }
  if (style.stroke === ".") {
    for (const [x, y] of [[2, 2], [6, 6]]) {
      pen.beginPath();
      pen.arc(x, y, 1.1, 0, 2 * Math.PI);
      pen.fill();
    }
  }
  return cell;
}

function patternOf(pen, style, ratio) {
  return /** @type {CanvasPattern} */ (pen.createPattern(hatchCell(style, ratio), "repeat"));
}

const GridLayer = /** @type {any} */ (L.GridLayer); // Leaflet's own way to make classes has no types

const HatchLayer = GridLayer.extend({
  initialize(style, frame, draw) {
    GridLayer.prototype.initialize.call(this, { pane: "masks", bounds: frame.corners, updateWhenZooming: false, keepBuffer: 1 });
    this._rule = style;
    this._corners = L.latLngBounds(frame.corners);
    this._draw = draw;
  },

  onAdd(map) {
    this._image = this._draw();
    GridLayer.prototype.onAdd.call(this, map);
  },

  onRemove(map) {
    GridLayer.prototype.onRemove.call(this, map);
    this._image = null; // a picture of a country takes megabytes
  },

  createTile(coords) {
    const size = this.getTileSize();
    const ratio = window.devicePixelRatio > 1 ? 2 : 1;
    const tile = document.createElement("canvas");
    tile.width = size.x * ratio;
    tile.height = size.y * ratio;
    this._paint(tile, coords, ratio);
    return tile;
  },

  _paint(tile, coords, ratio) {
    const corner = this._map.project(this._corners.getNorthWest(), coords.z);
    const width = this._map.project(this._corners.getSouthEast(), coords.z).x - corner.x;
    const scale = width / this._image.width;
    const origin = coords.scaleBy(this.getTileSize()).subtract(corner).divideBy(scale);
    const span = this.getTileSize().divideBy(scale);
    const pen = penOf(tile);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this._image, origin.x, origin.y, span.x, span.y, 0, 0, tile.width, tile.height);
    pen.globalCompositeOperation = "source-in";
    pen.fillStyle = this._rule.all ? "rgb(236 237 238 / 62%)" : "rgb(255 255 255 / 30%)";
    pen.fillRect(0, 0, tile.width, tile.height);
    pen.globalCompositeOperation = "source-atop";
    pen.globalAlpha = this._rule.all ? 0.45 : 0.9;
    pen.fillStyle = patternOf(pen, this._rule, ratio);
    pen.fillRect(0, 0, tile.width, tile.height);
  },
});

/**
 * @param {import("./types").HatchStyle} style
 * @param {import("./types").FrameData} frame
 * @param {import("./live/land.js").Land} land
 * @param {(status: number) => boolean} wanted tells by a cell's status whether it is hatched
 * @returns {L.Layer}
 */
export function hatchLayer(style, frame, land, wanted) {
  return new HatchLayer(style, frame, () => maskPicture(frame, land, wanted));
}

/** A picture that is black where the land is wanted and transparent elsewhere. */
function maskPicture(frame, land, wanted) {
  const canvas = document.createElement("canvas");
  canvas.width = frame.cols;
  canvas.height = frame.rows;
  const pen = penOf(canvas);
  const picture = pen.createImageData(frame.cols, frame.rows);
  const words = new Uint32Array(picture.data.buffer);
  const known = new Map();
  land.pixels.forEach((pixel, index) => {
    const status = land.status[land.cells[index]];
    let is = known.get(status);
    if (is === undefined) {
      is = wanted(status);
      known.set(status, is);
    }
    words[pixel] = is ? 0xff000000 : 0;
  });
  pen.putImageData(picture, 0, 0);
  return canvas;
}

/**
 * A swatch for the legend.
 * @param {import("./types").HatchStyle} rule
 * @returns {HTMLCanvasElement}
 */
export function hatchSwatch(rule) {
  const swatch = document.createElement("canvas");
  swatch.width = 44;
  swatch.height = 28;
  swatch.className = "swatch";
  const pen = penOf(swatch);
  pen.fillStyle = rule.all ? "#ecedee" : "#ffffff";
  pen.fillRect(0, 0, 44, 28);
  pen.fillStyle = patternOf(pen, rule, 2);
  pen.fillRect(0, 0, 44, 28);
  return swatch;
}
