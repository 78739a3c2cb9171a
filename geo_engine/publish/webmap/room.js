/**
 * The part of the map that neither the panel nor the legend covers.
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
 * Say whether a place is on the map with nothing over it.
 * @param {L.Map} map
 * @param {L.LatLngBounds} bounds
 * @returns {boolean}
 */
export function isFree(map, bounds) {
  const { whole, legend } = parts(map);
  const box = L.bounds([map.latLngToContainerPoint(bounds.getNorthWest()), map.latLngToContainerPoint(bounds.getSouthEast())]);
  return whole.contains(box) && !(legend && legend.overlaps(box));
}

function parts(map) {
  const frame = map.getContainer().getBoundingClientRect();
  const panel = document.getElementById("panel");
  const isSheet = getComputedStyle(panel).position === "fixed";
  const foot = isSheet && panel.classList.contains("open") ? panel.offsetHeight : 0;
  const whole = L.bounds([MARGIN, MARGIN], [frame.width - MARGIN, Math.max(frame.height - foot - MARGIN, 2 * MARGIN)]);
  const key = map.getContainer().querySelector(".legend")?.getBoundingClientRect();
  const legend = key && L.bounds([key.left - frame.left - MARGIN, key.top - frame.top - MARGIN], [key.right - frame.left + MARGIN, key.bottom - frame.top + MARGIN]);
  return { whole, legend };
}
