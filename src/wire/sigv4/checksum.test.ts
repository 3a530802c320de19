import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ChecksumAlgorithm, checksumHeader, checksumSizes, startChecksum } from './checksum.ts';

/** CRC catalogue check values (of `123456789`); SHA of FIPS 180-4's `abc`. */
const published: readonly [ChecksumAlgorithm, string, string][] = [
  ['crc32', '123456789', 'cbf43926'],
  ['crc32c', '123456789', 'e3069283'],
  ['crc64nvme', '123456789', 'ae8b14860a799888'],
  ['crc32c', '', '00000000'],
  ['crc64nvme', '', '0000000000000000'],
  ['sha1', 'abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['sha256', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
];
for (const [algorithm, text, hex] of published) {
  test(`${algorithm} of '${text}'`, () => {
    const sum = startChecksum(algorithm);
    sum.update(Buffer.from(text));
    const digest = sum.digest();
    assert.equal(digest.toString('hex'), hex);
    assert.equal(digest.length, checksumSizes[algorithm]);
    assert.equal(checksumHeader(`x-amz-checksum-${algorithm}`), algorithm);
  });
}

test('cuts do not matter', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 })),
      fc.constantFrom('crc32c', 'crc64nvme'),
      (pieces, algorithm) => {
        const cut = startChecksum(algorithm);
        for (const piece of pieces) cut.update(piece);
        const byByte = startChecksum(algorithm);
        for (const byte of Buffer.concat(pieces)) byByte.update(Uint8Array.of(byte));
        assert.deepEqual(cut.digest(), byByte.digest());
      },
    ),
  );
});

test('other headers are no checksums', () => {
  for (const name of ['x-amz-checksum-md4', 'x-amz-checksum-', 'crc32', 'x-amz-checksum-constructor']) {
    assert.equal(checksumHeader(name), undefined);
  }
});
