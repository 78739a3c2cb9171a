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
 * @param {Uint8Array} bits one for each cell of the grid, row by row, the highest bit first; rows begin a new byte
 * @param {number} rows
 * @param {number} cols
 * @returns {{place: Int32Array, count: number}} number of each cell among those inside, -1 outside, and how many are inside
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
  return { place, count };
}

/**
 * Undo what foretelling by neighbours did: west + north - north-west where all three are inside, else the one that is.
 * @param {Uint8Array} planes all low bytes, then all high bytes
 * @param {Int32Array} place as `unpackInside` gives it
 * @param {number} cols
 * @returns {Uint16Array} a code for each cell inside
 */
export function unpackCodes(planes, place, cols) {
  const count = planes.length / 2;
  const codes = new Uint16Array(count);
  let next = 0;
  for (let row = 0; row < place.length; row += cols) {
    let west = -1;
    let corner = -1;
    for (let cell = row; cell < row + cols; cell += 1) {
      const north = row === 0 ? -1 : place[cell - cols];
      if (place[cell] < 0) {
        west = -1;
        corner = north;
        continue;
      }
      let foretold = 0;
      if (west >= 0) {
        foretold = north >= 0 && corner >= 0 ? codes[west] + codes[north] - codes[corner] : codes[west];
      } else if (north >= 0) {
        foretold = codes[north];
      }
      const signed = planes[next] | (planes[count + next] << 8);
      codes[next] = foretold + (signed & 1 ? ~(signed >> 1) : signed >> 1);
      west = next;
      corner = north;
      next += 1;
    }
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
