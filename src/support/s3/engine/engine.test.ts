import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { startChecksum } from '#wire/sigv4/checksum.ts';
import { isBucketName } from './bucket-name.ts';
import { parseRange } from './byte-range.ts';
import { accountOfCanonicalId, canonicalId } from './canonical-id.ts';
import { combineCrc } from './crc-combine.ts';
import { boundaryOf, readForm } from './form-data.ts';
import { compareKeys, listKeys } from './listing.ts';
import { keyOf, objectId, versionPrefix, versionRecordId } from './object-id.ts';
import { changeability, deletability } from './object-lock.ts';
import { failedPrecondition } from './preconditions.ts';
import { sequenceOf, versionIdOf } from './version-id.ts';

const keys = fc.string({ unit: 'binary', maxLength: 12 }).filter((key) => key.isWellFormed() && key !== '');

test('ids have the order of keys, and give them back', () => {
  fc.assert(
    fc.property(keys, keys, (a, b) => {
      assert.equal(keyOf(objectId('b', a)), a);
      assert.equal(keyOf(versionRecordId('b', a, 7)), a);
      assert.equal(Math.sign(compareKeys(objectId('b', a), objectId('b', b))), Math.sign(compareKeys(a, b)));
      if (a !== b) assert.ok(!versionRecordId('b', b, 1).startsWith(versionPrefix('b', a)));
    }),
  );
});

test('version ids carry their number', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 47 }),
      fc.uint8Array({ minLength: 18, maxLength: 18 }),
      (sequence, random) => {
        const id = versionIdOf(sequence, random);
        assert.match(id, /^[\w.]{32}$/);
        assert.equal(sequenceOf(id), sequence);
      },
    ),
  );
  assert.deepEqual(['null', 'x'.repeat(31), `${'x'.repeat(31)}!`].map(sequenceOf), [undefined, undefined, undefined]);
});

test('canonical ids lead back to their accounts, and others nowhere', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\d{12}$/), fc.integer({ min: 0, max: 63 }), (account, at) => {
      const id = canonicalId(account);
      assert.match(id, /^[0-9a-f]{64}$/);
      assert.equal(accountOfCanonicalId(id), account);
      const slip = id.slice(0, at) + ((Number.parseInt(id.charAt(at), 16) + 1) % 16).toString(16) + id.slice(at + 1);
      assert.notEqual(accountOfCanonicalId(slip), account);
    }),
  );
});

test('CRCs of parts combine to that of the whole', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 5 }), (pieces) => {
      for (const algorithm of ['crc32', 'crc32c', 'crc64nvme'] as const) {
        const whole = startChecksum(algorithm);
        whole.update(Buffer.concat(pieces));
        const parts = pieces.map((piece) => {
          const sum = startChecksum(algorithm);
          sum.update(piece);
          return { crc: sum.digest(), size: piece.length };
        });
        assert.deepEqual(combineCrc(algorithm, parts), whole.digest());
      }
    }),
  );
  assert.equal(crc32(Buffer.from('123456789')).toString(16), 'cbf43926');
});

test('ranges', () => {
  const cases: readonly (readonly [string | undefined, unknown])[] = [
    [undefined, undefined],
    ['bytes=0-0', { start: 0, end: 1 }],
    ['bytes=5-', { start: 5, end: 10 }],
    ['bytes=-3', { start: 7, end: 10 }],
    ['bytes=-30', { start: 0, end: 10 }],
    ['bytes=0-99', { start: 0, end: 10 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=3-1', undefined],
    ['bytes=0-1,3-4', undefined],
    ['items=0-1', undefined],
  ];
  for (const [header, expected] of cases) assert.deepEqual(parseRange(header, 10), expected, header ?? 'none');
});

test('bucket names', () => {
  const good = ['abc', 'a-b.c', '0ab', 'a'.repeat(63)];
  const bad = ['ab', 'a'.repeat(64), 'Abc', 'a_b', '-ab', 'ab-', 'a..b', 'a.-b', '1.2.3.4', 'xn--a', 'a-s3alias'];
  assert.deepEqual([good.filter((name) => !isBucketName(name)), bad.filter(isBucketName)], [[], []]);
});

test('conditions: entity tags win over times', () => {
  const none = { ifMatch: undefined, ifNoneMatch: undefined, ifModifiedSince: undefined, ifUnmodifiedSince: undefined };
  const ask = (given: object) => failedPrecondition({ ...none, ...given }, 'abc', 5_500, 10_000);
  const cases: readonly (readonly [object, string | undefined])[] = [
    [{}, undefined],
    [{ ifMatch: '"abc"' }, undefined],
    [{ ifMatch: '"x", abc' }, undefined],
    [{ ifMatch: '"x"' }, 'If-Match'],
    [{ ifNoneMatch: '*' }, 'If-None-Match'],
    [{ ifUnmodifiedSince: 5_000 }, undefined],
    [{ ifUnmodifiedSince: 4_000 }, 'If-Unmodified-Since'],
    [{ ifUnmodifiedSince: 4_000, ifMatch: 'abc' }, undefined],
    [{ ifModifiedSince: 5_000 }, 'If-Modified-Since'],
    [{ ifModifiedSince: 5_000, ifNoneMatch: 'x' }, undefined],
    [{ ifModifiedSince: 20_000 }, undefined],
  ];
  for (const [given, expected] of cases) assert.equal(ask(given), expected, JSON.stringify(given));
});

test('locks', () => {
  const governed = { mode: 'GOVERNANCE', until: 10 } as const;
  const strict = { mode: 'COMPLIANCE', until: 10 } as const;
  assert.deepEqual(
    (
      [
        {},
        { retention: governed },
        { retention: strict },
        { retention: strict, legalHold: true },
        { legalHold: false },
      ] as Parameters<typeof deletability>[0][]
    ).map((locked) => [deletability(locked, 5), deletability(locked, 10)]),
    [
      ['free', 'free'],
      ['bypass', 'free'],
      ['never', 'free'],
      ['never', 'never'],
      ['free', 'free'],
    ],
  );
  assert.deepEqual(
    [
      changeability(governed, { mode: 'GOVERNANCE', until: 11 }, 5),
      changeability(governed, undefined, 5),
      changeability(strict, { mode: 'COMPLIANCE', until: 11 }, 5),
      changeability(strict, { mode: 'GOVERNANCE', until: 11 }, 5),
      changeability(strict, undefined, 10),
    ],
    ['free', 'bypass', 'free', 'never', 'free'],
  );
});

test('a page is what a whole listing would show there, with few reads', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.stringMatching(/^[ab/]{1,5}$/), { maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      async (given, max) => {
        const sorted = given.toSorted(compareKeys);
        const source = async (after: string | undefined, limit: number) =>
          sorted
            .map((key) => ({ id: objectId('b', key), value: key }))
            .filter(({ id }) => after === undefined || compareKeys(id, after) > 0)
            .slice(0, limit);
        const told: string[] = [];
        let after: string | undefined;
        for (;;) {
          const wanted = { bucket: 'b', prefix: '', delimiter: '/', after, told: after, max };
          const { entries, prefixes, truncated, last } = await listKeys(source, wanted);
          told.push(...entries.map(({ key }) => key), ...prefixes);
          if (!truncated || last === undefined) break;
          after = 'key' in last ? last.key : last.prefix;
        }
        const all = new Set(sorted.map((key) => (key.includes('/') ? key.slice(0, key.indexOf('/') + 1) : key)));
        assert.deepEqual(told.toSorted(compareKeys), [...all].toSorted(compareKeys));
      },
    ),
    { numRuns: 60 },
  );
});

test('a form is read however it is cut into pieces', async () => {
  const boundary = 'X-Y';
  assert.equal(boundaryOf(`multipart/form-data; boundary=${boundary}`), boundary);
  assert.equal(boundaryOf('application/json'), undefined);
  const content = 'one\r\n--X-\r\ntwo';
  const text = `--X-Y\r\nContent-Disposition: form-data; name="Key"\r\n\r\na/b\r\n--X-Y\r\ncontent-disposition: form-data; name="file"; filename="d/e.txt"\r\nContent-Type: text/plain\r\n\r\n${content}\r\n--X-Y--\r\n`;
  for (let size = 1; size < text.length; size += 3) {
    async function* pieces() {
      for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
    }
    const { fields, fileName, fileType, file } = await readForm(pieces(), boundary);
    let found = '';
    for await (const piece of file) found += Buffer.from(piece).toString();
    assert.deepEqual([{ ...fields }, fileName, fileType, found], [{ key: 'a/b' }, 'e.txt', 'text/plain', content]);
  }
});
