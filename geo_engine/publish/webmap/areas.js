/**
 * The ranked areas on the map: outline and numbered marker.
 * @module
 */
import { make, rankedName, scoreText } from "./elements.js";
import { paths, place } from "./geometry.js";
import { bring } from "./room.js";

const OUTLINE = { color: "#111827", weight: 2, fillColor: "#ffffff", fillOpacity: 0.12 };
const CLOSEST = 12.5;
const MOST_MARKERS = 200; // the best now; the others have their outline alone
const CHOSEN = { color: "#b45309", weight: 3.5, fillColor: "#fde68a", fillOpacity: 0.3 };

/**
 * Draw the areas and tell which one a reader picks.
 * @param {L.Map} map
 * @param {import("./types").PageData} data
 * @param {import("./live/model.js").Model} model
 * @param {(index: number) => void} pick
 * @returns {{layer: L.FeatureGroup, choose: (index: number|null) => void, focus: (index: number) => void, fly: (index: number) => void}}
 */
export function drawAreas(map, data, model, pick) {
  const renderer = L.svg({ pane: "outlines" });
  const entries = data.sites.map((site, index) => entryOf(site, index, data, model, renderer, pick));
  const layer = L.featureGroup(entries.map((entry) => entry.outline));
  let chosen = /** @type {number|null} */ (null);
  const mark = (index, on) => {
    const { outline, marker } = entries[index];
    outline.setStyle(on ? CHOSEN : OUTLINE);
    marker.getElement()?.classList.toggle("chosen", on);
    marker.setZIndexOffset(on ? 5000 : -10 * model.standings()[index].rank);
  };
  const update = () => {
    const standings = model.standings();
    entries.forEach(({ marker, number, say }, index) => {
      const { rank } = standings[index];
      const seen = rank <= MOST_MARKERS || index === chosen;
      number.textContent = rank > 999 ? "…" : String(rank);
      marker.setZIndexOffset(index === chosen ? 5000 : -10 * rank);
      if (seen !== layer.hasLayer(marker)) {
        layer[seen ? "addLayer" : "removeLayer"](marker);
      }
      say();
    });
  };
  model.listen(update);
  update();
  return {
    layer,
    choose(index) {
      const before = chosen;
      chosen = index;
      if (before !== null) {
        mark(before, false);
      }
      if (chosen !== null) {
        layer.addLayer(entries[chosen].marker);
        mark(chosen, true);
      }
    },
    focus(index) {
      entries[index].marker.getElement()?.focus({ preventScroll: true });
    },
    fly(index) {
      const bounds = entries[index].outline.getBounds();
      bring(map, bounds, Math.max(map.getZoom(), Math.min(map.getBoundsZoom(bounds.pad(3)), CLOSEST)));
    },
  };
}

function entryOf(site, index, data, model, renderer, pick) {
  const outline = L.polygon(paths(site.outline, data.steps), { ...OUTLINE, pane: "outlines", renderer });
  const number = make("span");
  const marker = L.marker(place(site.at, data.steps), {
    icon: L.divIcon({ className: "area-marker", html: number, iconSize: [28, 28], iconAnchor: [14, 14] }),
    keyboard: true,
    riseOnHover: true,
  });
  const say = () => {
    const standing = model.standings()[index];
    marker.getElement()?.setAttribute("aria-label", `${rankedName(site, standing)}, ${site.region}, score ${scoreText(standing.score)} of 100`);
  };
  marker.on("add", () => {
    const element = /** @type {HTMLElement} */ (marker.getElement());
    element.dataset.site = site.id;
    say();
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        event.stopPropagation();
        pick(index);
      }
    });
  });
  const chosen = (event) => {
    L.DomEvent.stopPropagation(event);
    pick(index);
  };
  marker.on("click", chosen);
  outline.on("click", chosen);
  marker.bindTooltip(() => tip(site, model.standings()[index]), { direction: "top", offset: [0, -14], opacity: 1, className: "tip" });
  return { outline, marker, number, say };
}

function tip(site, standing) {
  return make(
    "div",
    {},
    make("strong", {}, rankedName(site, standing)),
    make("div", { class: "quiet" }, [site.region, site.gridRef].filter(Boolean).join(" · ")),
    make("div", {}, `Score ${scoreText(standing.score)} of 100`),
  );
}
