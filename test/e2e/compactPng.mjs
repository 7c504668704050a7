// Makes a screenshot small: a PNG of at most 256 colours. Interfaces have few of them, so nobody sees it.
import { deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * @param {Buffer} png as Chromium writes it: 8 bits a channel, not interlaced
 * @param {number} mostColours up to 256
 */
export function compactPng(png, mostColours = 256) {
  const { width, height, pixels } = decode(png);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const boxes = splitColours([...counts.entries()], mostColours);
  const indexOf = new Map();
  for (const [index, box] of boxes.entries()) {
    for (const [colour] of box) indexOf.set(colour, index);
  }
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      rows[y * (width + 1) + 1 + x] = indexOf.get(pixels[y * width + x]);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits, indexed.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(boxes.flatMap(meanColour))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function decode(png) {
  if (!png.subarray(0, 8).equals(signature)) throw new Error('This is no PNG.');
  const data = [];
  let header;
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') header = body;
    if (type === 'IDAT') data.push(body);
    at += length + 12;
  }
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [bits, kind, , , interlace] = header.subarray(8);
  if (bits !== 8 || (kind !== 2 && kind !== 6) || interlace !== 0) {
    throw new Error('Only PNGs of 8 bits a channel that are not interlaced are read.');
  }
  const bytes = kind === 2 ? 3 : 4;
  const rows = unfilter(inflateSync(Buffer.concat(data)), width * bytes, height, bytes);
  const pixels = new Uint32Array(width * height);
  for (let index = 0; index < pixels.length; index += 1) {
    const at = index * bytes;
    pixels[index] = (rows[at] << 16) | (rows[at + 1] << 8) | rows[at + 2];
  }
  return { width, height, pixels };
}

/** Undoes the row filters of the PNG specification, section 9. */
function unfilter(filtered, rowBytes, height, bytes) {
  const rows = Buffer.alloc(rowBytes * height);
  for (let y = 0; y < height; y += 1) {
    const filter = filtered[y * (rowBytes + 1)];
    for (let x = 0; x < rowBytes; x += 1) {
      const at = y * rowBytes + x;
      const left = x >= bytes ? rows[at - bytes] : 0;
      const up = y > 0 ? rows[at - rowBytes] : 0;
      const corner = x >= bytes && y > 0 ? rows[at - rowBytes - bytes] : 0;
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      rows[at] = (filtered[y * (rowBytes + 1) + 1 + x] + predicted) & 0xff;
    }
  }
  return rows;
}

function paeth(left, up, corner) {
  const estimate = left + up - corner;
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(estimate - value));
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** Median cut: the box with the widest channel, weighed by its pixels, is halved until there are enough. */
function splitColours(colours, mostColours) {
  const boxes = [colours];
  while (boxes.length < mostColours) {
    const widths = boxes.map(widest);
    const at = widths.reduce(
      (best, { score }, index) => (score > widths[best].score ? index : best),
      0,
    );
    if (widths[at].score === 0) break;
    const { shift } = widths[at];
    const box = boxes[at].sort(([a], [b]) => ((a >> shift) & 255) - ((b >> shift) & 255));
    boxes.splice(at, 1, ...halves(box));
  }
  return boxes;
}

function widest(box) {
  const widths = [16, 8, 0].map((shift) => {
    const values = box.map(([colour]) => (colour >> shift) & 255);
    const [low, high] = values.reduce(
      ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
      [255, 0],
    );
    return { shift, width: high - low };
  });
  const { shift, width } = widths.reduce((best, one) => (one.width > best.width ? one : best));
  const pixels = box.reduce((sum, [, count]) => sum + count, 0);
  return { shift, score: width * Math.sqrt(pixels) };
}

/** By pixels, at least one colour on either side. */
function halves(box) {
  const half = box.reduce((sum, [, count]) => sum + count, 0) / 2;
  let [at, sum] = [0, 0];
  while (at < box.length - 1 && sum + box[at][1] <= half) sum += box[at++][1];
  const cut = Math.max(1, at);
  return [box.slice(0, cut), box.slice(cut)];
}

function meanColour(box) {
  const pixels = box.reduce((sum, [, count]) => sum + count, 0);
  return [16, 8, 0].map((shift) => {
    const sum = box.reduce((all, [colour, count]) => all + ((colour >> shift) & 255) * count, 0);
    return Math.round(sum / pixels);
  });
}

function chunk(type, body) {
  const out = Buffer.alloc(body.length + 12);
  out.writeUInt32BE(body.length, 0);
  out.write(type, 4, 'latin1');
  body.copy(out, 8);
  out.writeUInt32BE(crc(out.subarray(4, 8 + body.length)), body.length + 8);
  return out;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = crcTable[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
