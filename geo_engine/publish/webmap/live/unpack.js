/**
 * Read packed numbers back: 85 letters to bytes, inflated, and differences from what the neighbours foretell to numbers.
 * @module
 */

/**
 * @param {string} text in the letters of `alphabet`, five for four bytes
 * @param {string} alphabet 85 letters
 * @returns {Uint8Array}
 */
export function fromText(text, alphabet) {
  const digit = new Uint8Array(128);
  for (let index = 0; index < alphabet.length; index += 1) {
    digit[alphabet.charCodeAt(index)] = index;
  }
  const missing = (5 - (text.length % 5)) % 5;
  const bytes = new Uint8Array(((text.length + missing) / 5) * 4);
  const padded = text + alphabet[alphabet.length - 1].repeat(missing);
  for (let place = 0, out = 0; place < padded.length; place += 5, out += 4) {
    let word = digit[padded.charCodeAt(place)];
    for (let next = 1; next < 5; next += 1) {
      word = word * 85 + digit[padded.charCodeAt(place + next)];
    }
    bytes[out] = word / 0x1000000;
    bytes[out + 1] = word >>> 16;
    bytes[out + 2] = word >>> 8;
    bytes[out + 3] = word;
  }
  return bytes.subarray(0, bytes.length - missing);
}

/**
 * @param {Uint8Array} bytes deflated, in zlib's frame
 * @returns {Promise<Uint8Array>}
 */
export async function inflated(bytes) {
  const stream = new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * @typedef {object} Inside
 * @property {Int32Array} place number of each cell of the grid among those inside, -1 outside
 * @property {number} count how many are inside
 * @property {Int32Array} north number of the cell north of each, where it foretells anything
 * @property {Uint8Array} told which neighbours foretell a cell: none, the one west, the one north, or these two with the one between
 */

const [WEST, NORTH, ALL] = [1, 2, 3];

/**
 * @param {Uint8Array} bits one for each cell of the grid, row by row, the highest bit first; rows begin a new byte
 * @param {number} rows
 * @param {number} cols
 * @returns {Inside}
 */
export function unpackInside(bits, rows, cols) {
  const place = new Int32Array(rows * cols).fill(-1);
  const wide = Math.ceil(cols / 8);
  let count = 0;
  for (let row = 0; row < rows; row += 1) {
    for (let col = 0; col < cols; col += 1) {
      if (bits[row * wide + (col >> 3)] & (128 >> (col & 7))) {
        place[row * cols + col] = count;
        count += 1;
      }
    }
  }
  const north = new Int32Array(count);
  const told = new Uint8Array(count);
  for (let row = 0; row < rows; row += 1) {
    for (let col = 0; col < cols; col += 1) {
      const cell = row * cols + col;
      const number = place[cell];
      if (number >= 0) {
        const above = row ? place[cell - cols] : -1;
        const west = col > 0 && place[cell - 1] >= 0;
        const between = col > 0 && row > 0 && place[cell - cols - 1] >= 0;
        north[number] = above;
        told[number] = west ? (above >= 0 && between ? ALL : WEST) : above >= 0 ? NORTH : 0;
      }
    }
  }
  return { place, count, north, told };
}

/**
 * Undo what foretelling by neighbours did: west + north - north-west where all three are inside, else the one that is.
 * @param {Uint8Array} planes all low bytes, then all high bytes
 * @param {Inside} inside
 * @returns {Uint16Array} a code for each cell inside
 */
export function unpackCodes(planes, { count, north, told }) {
  const codes = new Uint16Array(count);
  for (let cell = 0; cell < count; cell += 1) {
    const by = told[cell];
    let foretold = 0;
    if (by === ALL) {
      foretold = codes[cell - 1] + codes[north[cell]] - codes[north[cell] - 1]; // neighbours in a row have numbers in a row
    } else if (by === WEST) {
      foretold = codes[cell - 1];
    } else if (by === NORTH) {
      foretold = codes[north[cell]];
    }
    const signed = planes[cell] | (planes[count + cell] << 8);
    codes[cell] = foretold + (signed & 1 ? ~(signed >> 1) : signed >> 1);
  }
  return codes;
}

/**
 * @param {Uint8Array} planes differences of the bits of numbers, lowest bytes first
 * @returns {Float32Array}
 */
export function unpackNumbers(planes) {
  const count = planes.length / 4;
  const bits = new Uint32Array(count);
  let before = 0;
  for (let index = 0; index < count; index += 1) {
    before += planes[index] + planes[count + index] * 0x100 + planes[2 * count + index] * 0x10000 + planes[3 * count + index] * 0x1000000;
    before %= 0x100000000;
    bits[index] = before;
  }
  return new Float32Array(bits.buffer);
}
