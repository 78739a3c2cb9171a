/**
 * What leads away from an area, in its card: routes, isochrones, the line to the grid, each with its switch.
 * @module
 */
import { make } from "./elements.js";
import { bandSign, lineSign } from "./ways.js";

/**
 * @param {import("./types").WayData} all the page data's ways
 * @param {number} index number of the site
 * @param {import("./ways.js").Ways} ways
 * @returns {HTMLElement[]}
 */
export function waySections(all, index, ways) {
  const found = all.sites[index];
  return [
    all.routes.length > 0 && routeSection(all, found, ways),
    all.bands.length > 0 && found.bands.length > 0 && bandSection(all, found, ways),
    all.connection && connectionSection(all, found, ways),
  ].filter((section) => section instanceof HTMLElement);
}

function routeSection(all, found, ways) {
  const rows = all.routes.map((way, number) => {
    const route = found.routes[number];
    if (!route) {
      return make("li", { class: "way unreached" }, lineSign(way.colour), make("span", {}, make("strong", {}, way.name), make("span", { class: "quiet" }, "no way over the network")), make("span", { class: "number" }, "unreachable"));
    }
    const label = `${way.name}: ${route.facility}, ${route.time}, ${route.length}. Zoom to this route`;
    const more = [route.facility, route.roads && `by ${route.roads}`].filter(Boolean).join(" · ");
    return wayRow(ways, "routes", number, label, lineSign(way.colour), way.name, more, route.time, route.length);
  });
  const vehicle = all.vehicle && make("p", { class: "quiet" }, `${all.vehicle}, by the quickest way, from the middle of the area.`);
  return section(ways, "routes", "Routes", "routes", found.routes.some(Boolean), make("ul", { class: "plain" }, ...rows), vehicle);
}

function bandSection(all, found, ways) {
  const rows = all.bands.map((way, number) => {
    const band = found.bands[number];
    const label = `Within ${way.title}: ${band.area}. Zoom to this isochrone`;
    return band.rings.length
      ? wayRow(ways, "bands", number, label, bandSign(way.colour), `Within ${way.title}`, "", band.area, "")
      : make("li", { class: "way unreached" }, bandSign(way.colour), make("span", {}, `Within ${way.title}`), make("span", { class: "number" }, "no land"));
  });
  const anywhere = found.bands.some((band) => band.rings.length);
  return section(ways, "bands", "Reach", "isochrones", anywhere, make("ul", { class: "plain" }, ...rows));
}

function connectionSection(all, found, ways) {
  const { connection } = found;
  const title = "Grid connection (indicative)";
  if (!connection || connection.reason) {
    return section(ways, "connection", title, "grid connection", false, make("p", {}, `No line found: ${connection ? connection.reason : "none was looked for"}.`));
  }
  const rows = [
    ["Substation", connection.target],
    ["Its position, good to", connection.accuracy],
    ["Line", connection.length],
    ["Line, weighted", connection.weighted],
    ["Straight", connection.straight],
    ["Cost", connection.cost],
    ["Crosses", connection.crosses.join("; ") || "nothing with a multiplier"],
  ].filter((row) => row[1]);
  const small = [connection.remark, all.connection.basis && `Cost: ${all.connection.basis}.`].filter(Boolean);
  return section(
    ways,
    "connection",
    title,
    "grid connection",
    true,
    make("dl", { class: "facts" }, ...rows.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value)))),
    make("p", { class: "quiet" }, "The least-cost line over the study's multipliers: no design, and no offer of a connection."),
    ...small.map((text) => make("p", { class: "quiet" }, text)),
  );
}

function section(ways, kind, title, what, there, ...content) {
  const head = make("div", { class: "way-head" }, make("h3", {}, title));
  if (there) {
    const box = make("input", { type: "checkbox", "aria-label": `Show ${what} on the map` });
    box.checked = ways.shown(kind);
    box.addEventListener("change", () => ways.show(kind, box.checked));
    ways.listen(() => {
      box.checked = ways.shown(kind);
    });
    const zoom = make("button", { type: "button", class: "small-button", "aria-label": `Zoom to ${what}` }, "Zoom");
    zoom.addEventListener("click", () => ways.fit(kind));
    head.append(make("label", { class: "way-switch" }, box, "On map"), zoom);
  }
  return make("section", { class: `ways ways-${kind}`, "aria-label": title }, head, ...content);
}

function wayRow(ways, kind, number, label, sign, name, more, much, less) {
  const button = make(
    "button",
    { type: "button", class: "way", "aria-label": label },
    sign,
    make("span", {}, make("strong", {}, name), more && make("span", { class: "quiet" }, more)),
    make("span", { class: "number" }, make("strong", {}, much), less && make("span", { class: "quiet" }, less)),
  );
  const point = (on) => () => ways.point(kind, on ? number : null);
  ["mouseenter", "focus"].forEach((event) => button.addEventListener(event, point(true)));
  ["mouseleave", "blur"].forEach((event) => button.addEventListener(event, point(false)));
  button.addEventListener("click", () => ways.fit(kind, number));
  return make("li", {}, button);
}
