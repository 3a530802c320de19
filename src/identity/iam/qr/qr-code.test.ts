import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { newCanvas } from './canvas.ts';
import { qrCode } from './qr-code.ts';

type Modules = readonly (readonly boolean[])[];

describe('qrCode', () => {
  it('draws the three finder patterns, and nothing dark around them', () => {
    const code = qrCode('A') ?? [];
    const finder = ['1111111', '1000001', '1011101', '1011101', '1011101', '1000001', '1111111'];
    const corner = (top: number, left: number) =>
      code.slice(top, top + 7).map((row) => bits(row.slice(left, left + 7)));
    for (const [top, left] of [
      [0, 0],
      [0, 14],
      [14, 0],
    ] as const)
      assert.deepEqual(corner(top, left), finder);
    assert.equal(bits((code[7] ?? []).slice(0, 8)), '00000000');
  });

  it('writes format information of the standard, twice', () => {
    // Table C.1 for level M, masks 0 to 7.
    const known = [
      '101010000010010',
      '101000100100101',
      '101111001111100',
      '101101101001011',
      '100010111111001',
      '100000011001110',
      '100111110010111',
      '100101010100000',
    ];
    for (const text of ['A', 'another', 'x'.repeat(300)]) {
      const [first, second] = formatsOf(qrCode(text) ?? []);
      assert.equal(first, second);
      assert.ok(known.includes(first ?? ''), `unknown format ${first}`);
    }
  });

  it('writes version information from version 7 on', () => {
    // Annex D: version 7 is 000111110010010100.
    const { dark } = newCanvas(7);
    const read = Array.from(
      { length: 18 },
      (_, index) => dark[Math.floor(index / 3)]?.[45 - 11 + (index % 3)] === true,
    );
    assert.equal(bits(read.reverse()), '000111110010010100');
  });

  it('says what it was given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), (text) =>
        assert.equal(readBack(qrCode(text) ?? []), text),
      ),
      { numRuns: 40 },
    );
  });

  it('puts blocks of two lengths in order', () => {
    // One text for each of the versions 8 to 15, whose last blocks are longer by one.
    for (const length of [140, 175, 210, 250, 285, 330, 360, 412]) {
      const text = Array.from({ length }, (_, index) => String.fromCharCode(33 + ((index * 7) % 90))).join('');
      assert.equal(readBack(qrCode(text) ?? []), text);
    }
  });

  it('takes 997 bytes and no more', () => {
    assert.equal(qrCode('x'.repeat(997))?.length, 117);
    assert.equal(qrCode('x'.repeat(998)), undefined);
  });
});

function bits(modules: readonly boolean[]): string {
  return modules.map((module) => (module ? '1' : '0')).join('');
}

/** Both copies, most significant bit first, still under the standard's own mask. */
function formatsOf(code: Modules): readonly string[] {
  const { length: size } = code;
  const at = (row: number, column: number) => code[row]?.[column] === true;
  const near = [0, 1, 2, 3, 4, 5, 7, 8]
    .map((row) => at(row, 8))
    .concat([7, 5, 4, 3, 2, 1, 0].map((column) => at(8, column)));
  const far = [1, 2, 3, 4, 5, 6, 7, 8]
    .map((back) => at(8, size - back))
    .concat([7, 6, 5, 4, 3, 2, 1].map((back) => at(size - back, 8)));
  return [bits(near.reverse()), bits(far.reverse())];
}

/** Reads a code the plain way: unmask, walk the columns, put the blocks in order, take the text. */
function readBack(code: Modules): string {
  const version = (code.length - 17) / 4;
  const { fixed } = newCanvas(version);
  const mask = Number.parseInt(formatsOf(code)[0] ?? '', 2) ^ 0b101010000010010;
  const turned = (y: number, x: number) => {
    const conditions = [
      (y + x) % 2,
      y % 2,
      x % 3,
      (y + x) % 3,
      (Math.floor(y / 2) + Math.floor(x / 3)) % 2,
      ((y * x) % 2) + ((y * x) % 3),
      (((y * x) % 2) + ((y * x) % 3)) % 2,
      (((y + x) % 2) + ((y * x) % 3)) % 2,
    ];
    return conditions[mask >> 10] === 0;
  };
  let stream = '';
  for (let pair = 0; pair < (code.length - 1) / 2; pair += 1) {
    const right = code.length - 1 - 2 * pair - (code.length - 1 - 2 * pair <= 6 ? 1 : 0);
    for (let step = 0; step < code.length; step += 1) {
      const row = pair % 2 === 0 ? code.length - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (fixed[row]?.[column] !== true) stream += (code[row]?.[column] === true) !== turned(row, column) ? '1' : '0';
      }
    }
  }
  const words = stream.match(/.{8}/g) ?? [];
  // Versions 1 to 15, level M: blocks, how many of them are short, and the length of a short one (table 9).
  const table = [
    [1, 1, 16],
    [1, 1, 28],
    [1, 1, 44],
    [2, 2, 32],
    [2, 2, 43],
    [4, 4, 27],
    [4, 4, 31],
    [4, 2, 38],
    [5, 3, 36],
    [5, 4, 43],
    [5, 1, 50],
    [8, 6, 36],
    [9, 8, 37],
    [9, 4, 40],
    [10, 5, 41],
  ] as const;
  const [blocks, shortBlocks, short] = table[version - 1] ?? [1, 1, 0];
  const data = Array.from({ length: blocks }, () => '');
  let at = 0;
  for (let index = 0; index <= short; index += 1) {
    for (let block = index < short ? 0 : shortBlocks; block < blocks; block += 1) {
      data[block] = (data[block] ?? '') + (words[at] ?? '');
      at += 1;
    }
  }
  const payload = data.join('');
  const lengthBits = version < 10 ? 8 : 16;
  const length = Number.parseInt(payload.slice(4, 4 + lengthBits), 2);
  const body = payload.slice(4 + lengthBits, 4 + lengthBits + 8 * length).match(/.{8}/g) ?? [];
  return Buffer.from(body.map((byte) => Number.parseInt(byte, 2))).toString();
}
