import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromBase32, toBase32 } from './base32.ts';

describe('base32', () => {
  it('is that of RFC 4648 §10, without padding', () => {
    const vectors = [
      ['', ''],
      ['f', 'MY'],
      ['fo', 'MZXQ'],
      ['foo', 'MZXW6'],
      ['foob', 'MZXW6YQ'],
      ['fooba', 'MZXW6YTB'],
      ['foobar', 'MZXW6YTBOI'],
    ] as const;
    for (const [text, encoded] of vectors) assert.equal(toBase32(Buffer.from(text)), encoded);
  });

  it('takes padding and small letters, and nothing else', () => {
    assert.deepEqual(Buffer.from(fromBase32('mzxw6yq=') ?? []).toString(), 'foob');
    for (const text of ['0', 'MZ1W', 'A B', 'ÄÖ']) assert.equal(fromBase32(text), undefined);
  });

  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => assert.deepEqual(fromBase32(toBase32(bytes)), bytes)),
    );
  });
});
