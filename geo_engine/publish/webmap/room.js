/**
 * The part of the map that neither the panel nor the search box nor the legend covers, and how something is brought into it.
 * @module
 */

const MARGIN = 16;

/** @typedef {L.Bounds & {min: L.Point, max: L.Point}} Room bounds that have their corners */

/**
 * Give the largest rectangle that nothing covers.
 * @param {L.Map} map
 * @returns {Room} in pixels of the map
 */
export function freeRoom(map) {
  const { whole, legend } = parts(map);
  const { min, max } = whole;
  const rooms = legend
    ? [
        room(min, [Math.min(legend.min.x, max.x), max.y]),
        room([Math.max(legend.max.x, min.x), min.y], max),
        room(min, [max.x, Math.min(legend.min.y, max.y)]),
        room([min.x, Math.max(legend.max.y, min.y)], max),
      ]
    : [whole];
  const area = (each) => each.getSize().x * each.getSize().y;
  return rooms.reduce((best, each) => (area(each) > area(best) ? each : best));
}

/**
 * Move the map so that these bounds lie whole in the middle of its free part, at this zoom or farther out.
 * @param {L.Map} map
 * @param {L.LatLngBounds} bounds
 * @param {number} closest zoom
 * @param {[number, number]} [spare] pixels to leave free at the sides, and above and below
 */
export function bring(map, bounds, closest, spare = [0, 0]) {
  const free = freeRoom(map);
  const zoom = Math.min(closest, map.getBoundsZoom(bounds, false, map.getSize().subtract(free.getSize()).add(L.point(spare).multiplyBy(2))));
  const shift = map.getSize().divideBy(2).subtract(free.getCenter());
  const centre = map.unproject(map.project(bounds.getCenter(), zoom).add(shift), zoom);
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
    map.setView(centre, zoom, { animate: false });
  } else {
    map.flyTo(centre, zoom, { duration: 0.8 });
  }
}

/** @returns {Room} */
function room(one, other) {
  return /** @type {Room} */ (L.bounds(one, other));
}

function parts(map) {
  const frame = map.getContainer().getBoundingClientRect();
  const panel = /** @type {HTMLElement} */ (document.getElementById("panel"));
  const isSheet = getComputedStyle(panel).position === "fixed";
  const foot = isSheet && panel.classList.contains("open") ? panel.offsetHeight : 0;
  const find = map.getContainer().querySelector(".find")?.getBoundingClientRect();
  const top = find ? find.bottom - frame.top + MARGIN : MARGIN;
  const whole = room([MARGIN, top], [frame.width - MARGIN, Math.max(frame.height - foot - MARGIN, top + MARGIN)]);
  const key = map.getContainer().querySelector(".legend")?.getBoundingClientRect();
  const legend = key && room([key.left - frame.left - MARGIN, key.top - frame.top - MARGIN], [key.right - frame.left + MARGIN, key.bottom - frame.top + MARGIN]);
  return { whole, legend };
}
