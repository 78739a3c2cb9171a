/**
 * The painted land: a canvas that lies on the map like a picture and is painted anew when numbers change.
 * @module
 */
import { penOf } from "./elements.js";

const COLOURS = 256; // the first is for what has no number

/**
 * Colours of a ramp as pixels, for numbers from 0 to 100; no number is transparent.
 * @param {Array<[number, string]>} stops
 * @returns {Uint32Array}
 */
export function rampPixels(stops) {
  const pixels = new Uint32Array(COLOURS);
  const bytes = new Uint8Array(pixels.buffer);
  for (let index = 1; index < COLOURS; index += 1) {
    const [red, green, blue] = colourAt(stops, ((index - 1) / (COLOURS - 2)) * 100);
    bytes.set([red, green, blue, 255], 4 * index);
  }
  return pixels;
}

/**
 * The colour of a ramp at a number, straight lines in sRGB between the stops.
 * @param {Array<[number, string]>} stops
 * @param {number} number
 * @returns {[number, number, number]}
 */
export function colourAt(stops, number) {
  const upper = stops.findIndex(([stop]) => stop >= number);
  const [to, colour] = stops[Math.max(upper, 0)];
  const [from, before] = stops[Math.max(upper - 1, 0)];
  const share = to === from ? 0 : (number - from) / (to - from);
  const part = (place) => {
    const [low, high] = [before, colour].map((text) => parseInt(text.slice(place, place + 2), 16));
    return Math.round(low + share * (high - low));
  };
  return [part(1), part(3), part(5)];
}

const ImageOverlay = /** @type {any} */ (L.ImageOverlay); // Leaflet's own way to make classes has no types

const LandLayer = ImageOverlay.extend({
  initialize(frame, pane) {
    ImageOverlay.prototype.initialize.call(this, "", frame.corners, { pane, className: "surface-image" });
    this._canvas = document.createElement("canvas");
    this._canvas.width = frame.cols;
    this._canvas.height = frame.rows;
    this._pen = penOf(this._canvas);
    this._picture = this._pen.createImageData(frame.cols, frame.rows);
    this._words = new Uint32Array(this._picture.data.buffer);
  },

  _initImage() {
    this._image = this._canvas;
    L.DomUtil.addClass(this._image, "leaflet-image-layer surface-image");
    if (this._zoomAnimated) {
      L.DomUtil.addClass(this._image, "leaflet-zoom-animated");
    }
  },

  /**
   * @param {import("./live/land.js").Land} land
   * @param {Float32Array} numbers of the cells with land; NaN is not painted
   * @param {number} factor brings them to 0 to 100
   * @param {Uint32Array} ramp as `rampPixels` gives it
   */
  paint(land, numbers, factor, ramp) {
    const { pixels, cells } = land;
    const words = this._words;
    const scale = (factor * (COLOURS - 2)) / 100;
    for (let index = 0; index < pixels.length; index += 1) {
      const number = numbers[cells[index]];
      words[pixels[index]] = number === number ? ramp[(number * scale + 1.5) | 0] : 0;
    }
    this._pen.putImageData(this._picture, 0, 0);
  },
});

/**
 * @param {import("./types").FrameData} frame
 * @param {string} pane
 * @returns {any} a Leaflet layer with `paint`
 */
export function landLayer(frame, pane) {
  return new LandLayer(frame, pane);
}
