import { strict as assert } from 'node:assert';
import { it } from 'node:test';
import { crc32, inflateSync } from 'node:zlib';
import { bitmapPng } from './png.ts';

it('draws a picture that reads back dot by dot', () => {
  const rows = [
    [true, false, false],
    [false, true, false],
  ];
  const png = bitmapPng(rows, 2, 1);
  assert.equal(png.subarray(0, 8).toString('hex'), '89504e470d0a1a0a');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    assert.equal(png.readUInt32BE(at + 8 + length), crc32(body), 'every chunk carries its checksum');
    chunks.set(body.subarray(0, 4).toString(), body.subarray(4));
    at += 12 + length;
  }
  const header = chunks.get('IHDR');
  assert.deepEqual([header?.readUInt32BE(0), header?.readUInt32BE(4), header?.[8], header?.[9]], [10, 8, 1, 0]);
  const pixels = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  const lines = Array.from({ length: 8 }, (_, y) =>
    [...pixels.subarray(3 * y + 1, 3 * y + 3)]
      .map((byte) => byte.toString(2).padStart(8, '0'))
      .join('')
      .slice(0, 10),
  );
  const [white, first, second] = ['1111111111', '1100111111', '1111001111'];
  assert.deepEqual(lines, [white, white, first, first, second, second, white, white]);
});
