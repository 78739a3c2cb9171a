/**
 * The ranked areas on the map: outline and numbered marker.
 * @module
 */
import { make, rankedName } from "./elements.js";
import { paths, place } from "./geometry.js";
import { bring } from "./room.js";

const OUTLINE = { color: "#111827", weight: 2, fillColor: "#ffffff", fillOpacity: 0.12 };
const CLOSEST = 12.5;
const CHOSEN = { color: "#b45309", weight: 3.5, fillColor: "#fde68a", fillOpacity: 0.3 };

/**
 * Draw the areas and tell which one a reader picks.
 * @param {L.Map} map
 * @param {object} data page data
 * @param {(index: number) => void} pick
 * @returns {{layer: L.Layer, choose: (index: number|null) => void, focus: (index: number) => void, fly: (index: number) => void}}
 */
export function drawAreas(map, data, pick) {
  const entries = data.sites.map((site, index) => entryOf(site, index, data, pick));
  const layer = L.featureGroup(entries.flatMap((entry) => [entry.outline, entry.marker]));
  let chosen = null;
  const mark = (index, on) => {
    const { outline, marker } = entries[index];
    outline.setStyle(on ? CHOSEN : OUTLINE);
    marker.getElement()?.classList.toggle("chosen", on);
    marker.setZIndexOffset(on ? 5000 : zIndex(index, data.sites.length));
  };
  return {
    layer,
    choose(index) {
      if (chosen !== null) {
        mark(chosen, false);
      }
      chosen = index;
      if (chosen !== null) {
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

function zIndex(index, count) {
  return (count - index) * 10;
}

function entryOf(site, index, data, pick) {
  const outline = L.polygon(paths(site.outline, data.steps), { ...OUTLINE, pane: "outlines", renderer: L.svg({ pane: "outlines" }) });
  const number = make("span", {}, `${site.rank}`);
  const marker = L.marker(place(site.at, data.steps), {
    icon: L.divIcon({ className: "area-marker", html: number, iconSize: [28, 28], iconAnchor: [14, 14] }),
    keyboard: true,
    riseOnHover: true,
    zIndexOffset: zIndex(index, data.sites.length),
  });
  marker.on("add", () => {
    const element = marker.getElement();
    element.setAttribute("aria-label", `${rankedName(site)}, ${site.region}, score ${site.score.toFixed(1)} of 100`);
    element.dataset.site = site.id;
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        event.stopPropagation();
        pick(index);
      }
    });
  });
  marker.on("click", () => pick(index));
  outline.on("click", () => pick(index));
  marker.bindTooltip(() => tip(site), { direction: "top", offset: [0, -14], opacity: 1, className: "tip" });
  return { outline, marker };
}

function tip(site) {
  return make(
    "div",
    {},
    make("strong", {}, rankedName(site)),
    make("div", { class: "quiet" }, [site.region, site.gridRef].filter(Boolean).join(" · ")),
    make("div", {}, `Score ${site.score.toFixed(1)} of 100`),
  );
}
