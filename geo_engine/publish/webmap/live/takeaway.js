/**
 * What a planner takes away as text: the ranking as CSV, the weights as TOML, the view as a link's fragment.
 * @module
 */

const MEANT = /^[=+\-@\t\r]/; // a spreadsheet would work such a text out

/**
 * @param {Array<Array<string|number|null|undefined>>} rows
 * @returns {string} cells that a spreadsheet would take for a formula begin with an apostrophe
 */
export function csv(rows) {
  return rows.map((row) => `${row.map(cell).join(",")}\n`).join("");
}

function cell(value) {
  const text = value === null || value === undefined ? "" : String(value);
  const harmless = typeof value === "string" && MEANT.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/**
 * Write weights as a scenario to paste into the study, or as the weights of its criteria.
 * @param {Array<{key: string, name: string}>} criteria
 * @param {number[]} shares per cent
 * @param {string} method kind of combining
 * @param {boolean} sameMethod whether the study combines so as well
 * @returns {string}
 */
export function toml(criteria, shares, method, sameMethod) {
  const widest = Math.max(...criteria.map((criterion) => criterion.key.length));
  const lines = ["[scenarios.from_the_map]", 'title = "Weights from the map"', 'why = "Set by hand on the live map."', "", "[scenarios.from_the_map.weights]"];
  criteria.forEach((criterion, number) => {
    const comment = criterion.name.replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, " ");
    lines.push(`${criterion.key.padEnd(widest)} = ${Number(shares[number].toFixed(4))}  # ${comment}`);
  });
  if (!sameMethod) {
    lines.push("", `# The map combined by ${method.replaceAll("_", " ")}; a scenario cannot say so. In the study itself:`, "# [combine]", `# method = "${method}"`);
  }
  return `${lines.join("\n")}\n`;
}

/**
 * @typedef {object} Linked what a link carries
 * @property {number[]} [shares]
 * @property {string} [method]
 * @property {[number, number, number]} [view] latitude, longitude, zoom
 * @property {string} [shows] what the surface shows
 * @property {string} [site]
 * @property {[number, number]} [place] latitude and longitude of a place that was asked about
 */

/**
 * @param {Linked} linked
 * @returns {string} without the hash
 */
export function fragment(linked) {
  const parts = new URLSearchParams();
  if (linked.shares) {
    parts.set("w", linked.shares.map((share) => Number(share.toFixed(4))).join("_"));
  }
  if (linked.method) {
    parts.set("by", linked.method);
  }
  if (linked.view) {
    parts.set("at", `${linked.view[0].toFixed(5)}_${linked.view[1].toFixed(5)}_${Number(linked.view[2].toFixed(2))}`);
  }
  if (linked.shows) {
    parts.set("shows", linked.shows);
  }
  if (linked.site) {
    parts.set("site", linked.site);
  }
  if (linked.place) {
    parts.set("place", `${linked.place[0].toFixed(5)}_${linked.place[1].toFixed(5)}`);
  }
  return parts.toString();
}

/**
 * @param {string} text with or without the hash
 * @param {number} criteria how many
 * @returns {Linked} what is wrong or missing is left out
 */
export function readFragment(text, criteria) {
  const parts = new URLSearchParams(text.replace(/^#/, ""));
  const numbers = (name, count) => {
    const found = (parts.get(name) ?? "").split("_").map((part) => (part === "" ? NaN : Number(part)));
    return found.length === count && found.every(Number.isFinite) ? found : undefined;
  };
  /** @type {Linked} */
  const linked = {};
  const shares = numbers("w", criteria);
  if (shares && shares.every((share) => share >= 0) && shares.some((share) => share > 0)) {
    linked.shares = shares;
  }
  const view = numbers("at", 3);
  if (view && Math.abs(view[0]) <= 90) {
    linked.view = /** @type {[number, number, number]} */ (view);
  }
  const place = numbers("place", 2);
  if (place && Math.abs(place[0]) <= 90) {
    linked.place = /** @type {[number, number]} */ (place);
  }
  for (const [name, key] of /** @type {const} */ ([["by", "method"], ["shows", "shows"], ["site", "site"]])) {
    const value = parts.get(name);
    if (value) {
      linked[key] = value;
    }
  }
  return linked;
}
