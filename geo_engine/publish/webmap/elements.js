/**
 * Elements of the page. Text of users and of data only ever goes in as text nodes.
 * @module
 */

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Node|string|number|null|undefined|false|0|""} Child */

/**
 * Make an element with attributes and children; strings become text nodes.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Object<string, string|number|boolean|null|undefined>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

/**
 * The same for SVG.
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Object<string, string|number>} [attributes]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[T]}
 */
export function makeSvg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  fill(element, attributes, children);
  return element;
}

/** @param {Element} element @param {Object<string, any>} attributes @param {Child[]} children */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false && child !== "") {
      element.append(typeof child === "number" ? String(child) : child);
    }
  }
}

/**
 * Make a button.
 * @param {string|Node} label
 * @param {(event: Event) => void} act
 * @param {Object<string, string|number|boolean|null|undefined>} [attributes]
 * @returns {HTMLButtonElement}
 */
export function button(label, act, attributes = {}) {
  const element = make("button", { type: "button", class: "small-button", ...attributes }, label);
  element.addEventListener("click", act);
  return element;
}

/**
 * Make names and values beside each other; rows without a value are left out.
 * @param {Array<[Child, Child]>} rows
 * @returns {HTMLElement}
 */
export function facts(rows) {
  const kept = rows.filter((row) => row[1]);
  return make("dl", { class: "facts" }, ...kept.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
}

/**
 * Name an area with its rank; the dot keeps the rank apart from a name that begins with a number.
 * @param {{name: string}} site
 * @param {{rank: number, tied: boolean}} standing
 * @returns {string}
 */
export function rankedName(site, standing) {
  return `Rank ${rankText(standing)} · ${site.name}`;
}

const WHOLE = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

/**
 * @param {number} value
 * @returns {string} with thousands separators
 */
export function wholeNumber(value) {
  return WHOLE.format(value);
}

/**
 * @param {{rank: number, tied: boolean}} standing
 * @returns {string} the rank, with a sign where it is shared
 */
export function rankText(standing) {
  return `${wholeNumber(standing.rank)}${standing.tied ? "=" : ""}`;
}

/**
 * @param {number} score
 * @returns {string} to one decimal
 */
export function scoreText(score) {
  return Number.isNaN(score) ? "unknown" : score.toFixed(1);
}

/**
 * The sign of a move, read out as words; nothing where nothing moved.
 * @param {{text: string, said: string, way: string}} change
 * @returns {HTMLElement|null}
 */
export function movedSign(change) {
  return change.text ? make("span", { class: `moved ${change.way}`, role: "img", "aria-label": change.said }, change.text) : null;
}

/**
 * Say how far a rank has moved from the study's.
 * @param {number} before
 * @param {number} now
 * @returns {{text: string, said: string, way: "up"|"down"|"same"}}
 */
export function moved(before, now) {
  const places = Math.abs(before - now);
  if (!places) {
    return { text: "", said: "unmoved", way: "same" };
  }
  const up = now < before;
  return { text: `${up ? "▲" : "▼"}${places}`, said: `${up ? "up" : "down"} ${places} from rank ${before}`, way: up ? "up" : "down" };
}

/**
 * Write a share of a hundred: one decimal below ten.
 * @param {number} value
 * @returns {string}
 */
export function percent(value) {
  const shown = value < 9.95 ? Number(value.toFixed(1)) : Math.round(value);
  return `${shown} %`;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {CanvasRenderingContext2D} what draws on it
 */
export function penOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

/** @returns {boolean} whether the panel is a sheet over the map, as on a phone */
export function isSheet() {
  return window.matchMedia("(max-width: 760px)").matches;
}

/**
 * Hand a file to whoever reads the page.
 * @param {string} name
 * @param {Blob} content
 */
export function download(name, content) {
  const address = URL.createObjectURL(content);
  const link = make("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
