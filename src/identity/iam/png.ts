import { crc32, deflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * A black and white picture (PNG, 1 bit a pixel).
 *
 * @param rows true is black; all of one length
 * @param scale pixels for each entry
 * @param margin white entries on every side
 */
export function bitmapPng(rows: readonly (readonly boolean[])[], scale: number, margin: number): Buffer {
  const width = ((rows[0]?.length ?? 0) + 2 * margin) * scale;
  const height = (rows.length + 2 * margin) * scale;
  // Each line begins with its filter (none), and holds eight pixels a byte; 1 is white.
  const stride = 1 + Math.ceil(width / 8);
  const pixels = Buffer.alloc(stride * height);
  const entry = (pixel: number) => Math.floor(pixel / scale) - margin;
  for (let y = 0; y < height; y += 1) {
    const row = rows[entry(y)];
    for (let x = 0; x < width; x += 1) {
      if (row?.[entry(x)] === true) continue;
      const at = y * stride + 1 + (x >> 3);
      pixels[at] = (pixels[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1; // bits a pixel; colour type 0 (grey), no interlace
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
