/**
 * The map as a picture: what the panes hold, drawn in their order on one canvas, with title, ramp and sources.
 * @module
 */
import { penOf } from "./elements.js";

const HEAD = 46; // of the foot: title and ramp
const LINE = 14;
const MARGIN = 12;
const SMALL = "10.5px";

/**
 * @param {import("./types").App} app
 * @returns {Promise<Blob>} a PNG
 */
export async function pictureOf(app) {
  const { map, data } = app;
  const container = map.getContainer();
  const frame = container.getBoundingClientRect();
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const canvas = document.createElement("canvas");
  const pen = penOf(canvas);
  const lines = wrapped(pen, [data.notTested, ...data.attribution], frame.width - 2 * MARGIN);
  const foot = HEAD + lines.length * LINE + 8;
  canvas.width = frame.width * ratio;
  canvas.height = (frame.height + foot) * ratio;
  pen.scale(ratio, ratio);
  pen.fillStyle = getComputedStyle(container).backgroundColor;
  pen.fillRect(0, 0, frame.width, frame.height);
  pen.save();
  pen.beginPath();
  pen.rect(0, 0, frame.width, frame.height);
  pen.clip();
  for (const pane of panesInOrder(map)) {
    pen.globalAlpha = Number(getComputedStyle(pane).opacity);
    if (getComputedStyle(pane).display !== "none") {
      await drawPane(pen, pane, frame);
    }
  }
  pen.restore();
  drawFoot(pen, app, frame, foot, lines);
  pen.globalAlpha = 1;
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(`no picture of ${data.title}`))), "image/png"));
}

function panesInOrder(map) {
  const panes = Object.values(map.getPanes()).filter((pane) => pane !== map.getPane("mapPane") && pane !== map.getPane("tooltipPane"));
  return panes.sort((one, other) => Number(getComputedStyle(one).zIndex) - Number(getComputedStyle(other).zIndex));
}

async function drawPane(pen, pane, frame) {
  for (const element of pane.querySelectorAll("canvas, svg, .area-marker, .way-sign, .grid-end, .place-dot, .place-label span, .asked-pin")) {
    const box = element.getBoundingClientRect();
    if (box.width && box.height && box.right > frame.left && box.left < frame.right && box.bottom > frame.top && box.top < frame.bottom) {
      const place = { x: box.left - frame.left, y: box.top - frame.top, width: box.width, height: box.height };
      if (element instanceof HTMLCanvasElement) {
        pen.imageSmoothingEnabled = !element.classList.contains("surface-image");
        pen.drawImage(element, place.x, place.y, place.width, place.height);
      } else if (element instanceof SVGSVGElement) {
        pen.drawImage(await imageOf(element), place.x, place.y, place.width, place.height);
      } else if (!element.closest("svg")) {
        drawBox(pen, /** @type {HTMLElement} */ (element), place);
      }
    }
  }
}

/** A drawing as an image that has its own size. */
function imageOf(svg) {
  const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.removeAttribute("style");
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  return image.decode().then(() => image);
}

/** A sign or a name: its ground, its edge and its words. */
function drawBox(pen, element, { x, y, width, height }) {
  const style = getComputedStyle(element);
  const edge = parseFloat(style.borderTopWidth) || 0;
  pen.beginPath();
  pen.roundRect(x + edge / 2, y + edge / 2, width - edge, height - edge, Math.min(parseFloat(style.borderTopLeftRadius) || 0, height / 2));
  if (style.backgroundColor !== "rgba(0, 0, 0, 0)") {
    pen.fillStyle = style.backgroundColor;
    pen.fill();
  }
  if (edge) {
    pen.lineWidth = edge;
    pen.strokeStyle = style.borderTopColor;
    pen.stroke();
  }
  const words = element.textContent?.trim();
  if (words) {
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    if (element.closest(".place-label")) {
      pen.lineWidth = 3;
      pen.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--halo");
      pen.strokeText(words, x + width / 2, y + height / 2);
    }
    pen.fillStyle = style.color;
    pen.fillText(words, x + width / 2, y + height / 2 + 0.5);
  }
}

/** Sentences in lines that are no wider than this. */
function wrapped(pen, sentences, width) {
  pen.font = `${SMALL} ${getComputedStyle(document.body).fontFamily}`;
  const lines = [""];
  for (const word of sentences.filter(Boolean).join("  ").split(" ")) {
    const longer = `${lines[lines.length - 1]} ${word}`.trimStart();
    if (pen.measureText(longer).width > width && lines[lines.length - 1]) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = longer;
    }
  }
  return lines;
}

/** Title, ramp, what is not tested and sources, under the map. */
function drawFoot(pen, app, frame, height, lines) {
  const { data } = app;
  const view = app.shown();
  const top = frame.height;
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, top, frame.width, height);
  pen.textAlign = "left";
  pen.textBaseline = "alphabetic";
  pen.fillStyle = "#1b2430";
  const family = getComputedStyle(document.body).fontFamily;
  pen.font = `700 15px ${family}`;
  const title = data.title.includes(data.region) ? data.title : `${data.title}: ${data.region}`;
  pen.fillText(title, MARGIN, top + 20, frame.width - 2 * MARGIN);
  const ramp = pen.createLinearGradient(MARGIN, 0, MARGIN + 160, 0);
  data.live.ramps[view.ramp].forEach(([stop, colour]) => ramp.addColorStop(stop / 100, colour));
  pen.fillStyle = ramp;
  pen.fillRect(MARGIN, top + 28, 160, 10);
  pen.fillStyle = "#52606d";
  pen.font = `12px ${family}`;
  const weights = app.model.isStudys() ? "" : "; weights of the map's reader";
  pen.fillText(`${view.ticks[0]} to ${view.ticks[view.ticks.length - 1]}: ${view.title} (${view.note})${weights}`, MARGIN + 170, top + 37, frame.width - 2 * MARGIN - 170);
  pen.font = `${SMALL} ${family}`;
  lines.forEach((line, number) => pen.fillText(line, MARGIN, top + HEAD + 10 + number * LINE));
}
