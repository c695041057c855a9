// The site's own logo: a house of the quartier with a tick, a promise kept. Drawn once, here, as strokes;
// written as an SVG for browser tabs and rasterised for the home screens of phones, which want PNG files.
import { deflateSync } from "node:zlib";

const BOX = 64;
const BACKGROUND = [11, 85, 99];
const STROKES = [
  { colour: [255, 255, 255], width: 5, points: [[13, 31], [32, 14], [51, 31]] },
  { colour: [255, 255, 255], width: 5, points: [[18, 29], [18, 50], [46, 50], [46, 29]] },
  { colour: [255, 176, 153], width: 5.5, points: [[25, 37], [30.5, 42.5], [40, 32]] },
];

const hex = (colour) => `#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;

function svg() {
  const paths = STROKES.map(
    ({ colour, width, points }) =>
      `<path stroke="${hex(colour)}" stroke-width="${width}" d="M${points.map((point) => point.join(" ")).join("L")}"/>`,
  );
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${BOX} ${BOX}"><rect width="${BOX}" height="${BOX}" rx="14" fill="${hex(BACKGROUND)}"/><g fill="none" stroke-linecap="round" stroke-linejoin="round">${paths.join("")}</g></svg>`,
  );
}

/** Distance from a point to the segment between two others, all in the units of the box. */
function distance(x, y, [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

/** RGB of one point of the drawing; edges are softened over one pixel of the given size. */
function colourAt(x, y, pixel) {
  let colour = BACKGROUND;
  for (const { colour: ink, width, points } of STROKES) {
    const nearest = Math.min(...points.slice(1).map((point, index) => distance(x, y, points[index], point)));
    const cover = Math.max(0, Math.min(1, (width / 2 - nearest) / pixel + 0.5));
    colour = colour.map((part, index) => part + (ink[index] - part) * cover);
  }
  return colour;
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = CRC[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 4);
  return out;
}

/** A square PNG of `size` pixels, the whole square painted: a phone cuts its own shape out of it. */
function png(size) {
  const unit = BOX / size;
  const rows = Buffer.alloc(size * (size * 3 + 1));
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const colour = colourAt((column + 0.5) * unit, (row + 0.5) * unit, unit);
      rows.set(colour.map(Math.round), row * (size * 3 + 1) + 1 + column * 3);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8); // eight bits, RGB
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Every file of the logo, as [[name, contents]]. */
export async function logos() {
  return [
    ["favicon.svg", svg()],
    ["icon-180.png", png(180)],
    ["icon-192.png", png(192)],
    ["icon-512.png", png(512)],
  ];
}
