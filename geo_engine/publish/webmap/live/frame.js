/**
 * Where cells lie: study coordinates, degrees, and the pixels of a picture in Web Mercator.
 * @module
 */

const SPHERE = 6378137;
const STRIDE = 16; // pixels between those whose place is found by the lattice; between them straight lines are off by metres

/**
 * @typedef {object} LatticeData
 * @property {[number, number]} low first node along either coordinate
 * @property {[number, number]} high last node
 * @property {number} nodes along each side
 * @property {number[]} first what the one coordinate becomes at each node, rows along the second
 * @property {number[]} second what the other becomes
 */

/**
 * Read between the nodes of a lattice by cubic curves through the four nearest along each side.
 * @param {LatticeData} data
 * @returns {(one: number, other: number) => [number, number]}
 */
export function reader(data) {
  const { low, high, nodes } = data;
  const scale = [(nodes - 1) / (high[0] - low[0]), (nodes - 1) / (high[1] - low[1])];
  return (one, other) => {
    const [col, across] = cubic((one - low[0]) * scale[0], nodes);
    const [row, up] = cubic((other - low[1]) * scale[1], nodes);
    let first = 0;
    let second = 0;
    for (let i = 0; i < 4; i += 1) {
      for (let j = 0; j < 4; j += 1) {
        const share = up[i] * across[j];
        const node = (row + i) * nodes + col + j;
        first += share * data.first[node];
        second += share * data.second[node];
      }
    }
    return [first, second];
  };
}

/**
 * The first of four nodes about a place, and Lagrange's shares of the four.
 * @returns {[number, number[]]}
 */
function cubic(place, nodes) {
  const begin = Math.max(0, Math.min(nodes - 4, Math.floor(place) - 1));
  const t = place - begin;
  return [
    begin,
    [
      (-(t - 1) * (t - 2) * (t - 3)) / 6,
      (t * (t - 2) * (t - 3)) / 2,
      (-t * (t - 1) * (t - 3)) / 2,
      (t * (t - 1) * (t - 2)) / 6,
    ],
  ];
}

/**
 * @typedef {object} GridData
 * @property {number} west
 * @property {number} north
 * @property {number} cell side, in metres
 * @property {number} rows
 * @property {number} cols
 */

/**
 * Give the cell that holds a place, -1 off the grid.
 * @param {GridData} grid
 * @param {number} easting
 * @param {number} northing
 * @returns {number} row times columns plus column
 */
export function cellAt(grid, easting, northing) {
  const col = Math.floor((easting - grid.west) / grid.cell);
  const row = Math.floor((grid.north - northing) / grid.cell);
  return row >= 0 && row < grid.rows && col >= 0 && col < grid.cols ? row * grid.cols + col : -1;
}

/**
 * @param {GridData} grid
 * @param {number} cell
 * @returns {[number, number]} easting and northing of its centre
 */
export function centreOf(grid, cell) {
  return [grid.west + ((cell % grid.cols) + 0.5) * grid.cell, grid.north - (Math.floor(cell / grid.cols) + 0.5) * grid.cell];
}

/**
 * @typedef {object} PictureFrame
 * @property {number} west of the upper-left corner, in metres of Web Mercator
 * @property {number} north
 * @property {number} pixel side of a pixel
 * @property {number} rows
 * @property {number} cols
 */

/**
 * Tell which cell each pixel of a picture shows; pixels that show none are left out.
 * @param {PictureFrame} frame
 * @param {GridData} grid
 * @param {Int32Array} place number of each cell of the grid among those inside, -1 outside
 * @param {(lon: number, lat: number) => [number, number]} toStudy
 * @returns {{pixels: Int32Array, cells: Int32Array}} pixels in order, and the number of the cell that each shows
 */
export function pixelCells(frame, grid, place, toStudy) {
  const pixels = new Int32Array(frame.rows * frame.cols);
  const cells = new Int32Array(frame.rows * frame.cols);
  const across = Math.ceil(frame.cols / STRIDE) + 1;
  const along = (row) => nodesOf(frame, row, across, toStudy);
  let upper = along(0);
  let count = 0;
  for (let band = 0; band < frame.rows; band += STRIDE) {
    const lower = along(band + STRIDE);
    for (let row = band; row < Math.min(band + STRIDE, frame.rows); row += 1) {
      const down = (row - band) / STRIDE;
      for (let node = 0; node + 1 < across; node += 1) {
        let easting = upper[2 * node] + down * (lower[2 * node] - upper[2 * node]);
        let northing = upper[2 * node + 1] + down * (lower[2 * node + 1] - upper[2 * node + 1]);
        const stepEast = (upper[2 * node + 2] + down * (lower[2 * node + 2] - upper[2 * node + 2]) - easting) / STRIDE;
        const stepNorth = (upper[2 * node + 3] + down * (lower[2 * node + 3] - upper[2 * node + 3]) - northing) / STRIDE;
        const end = Math.min((node + 1) * STRIDE, frame.cols);
        for (let col = node * STRIDE; col < end; col += 1) {
          const cell = cellAt(grid, easting, northing);
          if (cell >= 0 && place[cell] >= 0) {
            pixels[count] = row * frame.cols + col;
            cells[count] = place[cell];
            count += 1;
          }
          easting += stepEast;
          northing += stepNorth;
        }
      }
    }
    upper = lower;
  }
  return { pixels: pixels.slice(0, count), cells: cells.slice(0, count) };
}

/** Eastings and northings of every so many pixel centres of a row. */
function nodesOf(frame, row, across, toStudy) {
  const found = new Float64Array(2 * across);
  const lat = latitude(frame.north - (row + 0.5) * frame.pixel);
  for (let node = 0; node < across; node += 1) {
    const [easting, northing] = toStudy(longitude(frame.west + (node * STRIDE + 0.5) * frame.pixel), lat);
    found[2 * node] = easting;
    found[2 * node + 1] = northing;
  }
  return found;
}

function longitude(x) {
  return ((x / SPHERE) * 180) / Math.PI;
}

function latitude(y) {
  return (Math.atan(Math.sinh(y / SPHERE)) * 180) / Math.PI;
}
