/**
 * The part of the map that neither the panel nor the search box nor the legend covers, and how something is brought into it.
 * @module
 */

const MARGIN = 16;

/**
 * Give the largest rectangle that nothing covers.
 * @param {L.Map} map
 * @returns {L.Bounds} in pixels of the map
 */
export function freeRoom(map) {
  const { whole, legend } = parts(map);
  const { min, max } = whole;
  const rooms = legend
    ? [
        L.bounds(min, [Math.min(legend.min.x, max.x), max.y]),
        L.bounds([Math.max(legend.max.x, min.x), min.y], max),
        L.bounds(min, [max.x, Math.min(legend.min.y, max.y)]),
        L.bounds([min.x, Math.max(legend.max.y, min.y)], max),
      ]
    : [whole];
  const area = (room) => room.getSize().x * room.getSize().y;
  return rooms.reduce((best, room) => (area(room) > area(best) ? room : best));
}

/**
 * Move the map so that these bounds lie whole in the middle of its free part, at this zoom or farther out.
 * @param {L.Map} map
 * @param {L.LatLngBounds} bounds
 * @param {number} closest zoom
 * @param {[number, number]} [spare] pixels to leave free at the sides, and above and below
 */
export function bring(map, bounds, closest, spare = [0, 0]) {
  const room = freeRoom(map);
  const zoom = Math.min(closest, map.getBoundsZoom(bounds, false, map.getSize().subtract(room.getSize()).add(L.point(spare).multiplyBy(2))));
  const shift = map.getSize().divideBy(2).subtract(room.getCenter());
  const centre = map.unproject(map.project(bounds.getCenter(), zoom).add(shift), zoom);
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
    map.setView(centre, zoom, { animate: false });
  } else {
    map.flyTo(centre, zoom, { duration: 0.8 });
  }
}

function parts(map) {
  const frame = map.getContainer().getBoundingClientRect();
  const panel = document.getElementById("panel");
  const isSheet = getComputedStyle(panel).position === "fixed";
  const foot = isSheet && panel.classList.contains("open") ? panel.offsetHeight : 0;
  const find = map.getContainer().querySelector(".find")?.getBoundingClientRect();
  const top = find ? find.bottom - frame.top + MARGIN : MARGIN;
  const whole = L.bounds([MARGIN, top], [frame.width - MARGIN, Math.max(frame.height - foot - MARGIN, top + MARGIN)]);
  const key = map.getContainer().querySelector(".legend")?.getBoundingClientRect();
  const legend = key && L.bounds([key.left - frame.left - MARGIN, key.top - frame.top - MARGIN], [key.right - frame.left + MARGIN, key.bottom - frame.top + MARGIN]);
  return { whole, legend };
}
