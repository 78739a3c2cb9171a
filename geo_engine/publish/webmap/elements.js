/**
 * Elements of the page. Text of users and of data only ever goes in as text nodes.
 * @module
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element with attributes and children; strings become text nodes.
 * @param {string} tag
 * @param {Object<string, string|number|boolean|null|undefined>} [attributes]
 * @param {...(Node|string|number|null|undefined|false)} children
 * @returns {HTMLElement}
 */
export function make(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/**
 * The same for SVG.
 * @param {string} tag
 * @param {Object<string, string|number>} [attributes]
 * @param {...(Node|string)} children
 * @returns {SVGElement}
 */
export function makeSvg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(child);
    }
  }
  return element;
}

/**
 * Name an area with its rank; the dot keeps the rank apart from a name that begins with a number.
 * @param {{rank: number, tied: boolean, name: string}} site
 * @returns {string}
 */
export function rankedName(site) {
  return `Rank ${site.rank}${site.tied ? "=" : ""} · ${site.name}`;
}

/**
 * Write a share of a hundred: one decimal below ten.
 * @param {number} value
 * @returns {string}
 */
export function percent(value) {
  return `${value < 10 && value % 1 ? value.toFixed(1) : Math.round(value)} %`;
}
