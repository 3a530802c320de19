import { strict as assert } from 'node:assert';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { encodePss, pssMatches } from './pss.ts';

const digest = createHash('sha256').update('message').digest();
const bits = 2_048;
const valid = () => encodePss('sha256', digest, randomBytes(32), bits);

/** MGF1 with SHA-256, written again for the test. */
function mask(seed: Buffer, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
    createHash('sha256')
      .update(seed)
      .update(Buffer.from([0, 0, 0, i]))
      .digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

/** An encoded message whose data block was changed under its mask. */
function forged(change: (block: Buffer) => void): Buffer {
  const encoded = valid();
  const hash = encoded.subarray(256 - 33, 255);
  const stream = mask(hash, 256 - 33);
  const block = encoded.subarray(0, 256 - 33).map((byte, i) => byte ^ (stream[i] ?? 0));
  block[0] = (block[0] ?? 0) & 0x7f;
  change(Buffer.from(block.buffer, block.byteOffset, block.length));
  const masked = block.map((byte, i) => byte ^ (stream[i] ?? 0));
  masked[0] = (masked[0] ?? 0) & 0x7f;
  return Buffer.concat([masked, hash, Buffer.from([0xbc])]);
}

test('a valid encoding matches its digest, and no other', () => {
  assert.ok(pssMatches('sha256', digest, valid(), bits));
  assert.ok(
    pssMatches(
      'sha256',
      digest,
      forged(() => {}),
      bits,
    ),
    'the forger changes nothing by itself',
  );
  assert.ok(!pssMatches('sha256', createHash('sha256').update('other').digest(), valid(), bits));
});

const defects: readonly (readonly [string, () => Buffer])[] = [
  ['another trailer', () => Buffer.concat([valid().subarray(0, 255), Buffer.from([0xcc])])],
  ['a bit above the modulus', () => valid().map((byte, i) => (i === 0 ? byte | 0x80 : byte)) as Buffer],
  ['another separator', () => forged((block) => block.writeUInt8(2, block.length - 33))],
  ['padding that is not zero', () => forged((block) => block.writeUInt8(1, 5))],
  ['another salt', () => forged((block) => block.writeUInt8((block.at(-1) ?? 0) ^ 1, block.length - 1))],
  ['another length', () => valid().subarray(1)],
];

for (const [name, make] of defects) {
  test(`refused: ${name}`, () => assert.ok(!pssMatches('sha256', digest, make(), bits)));
}
