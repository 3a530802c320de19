import { strict as assert } from 'node:assert';
import { it } from 'node:test';
import { correctionOf } from './reed-solomon.ts';

it('gives the error correction of the worked example: HELLO WORLD at 1-M', () => {
  const data = Uint8Array.of(32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17);
  assert.deepEqual([...correctionOf(data, 10)], [196, 35, 39, 119, 235, 215, 231, 226, 93, 23]);
});

it('gives the error correction of ISO/IEC 18004 annex I: 01234567 at 1-M', () => {
  const data = Uint8Array.of(
    0x10,
    0x20,
    0x0c,
    0x56,
    0x61,
    0x80,
    0xec,
    0x11,
    0xec,
    0x11,
    0xec,
    0x11,
    0xec,
    0x11,
    0xec,
    0x11,
  );
  const expected = [0xa5, 0x24, 0xd4, 0xc1, 0xed, 0x36, 0xc7, 0x87, 0x2c, 0x55];
  assert.deepEqual([...correctionOf(data, 10)], expected);
});
