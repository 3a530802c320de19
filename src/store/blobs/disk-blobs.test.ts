import { strict as assert } from 'node:assert';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import fc from 'fast-check';
import { newDirectory } from '../../../test/conformance/store-directory.ts';
import { openDiskBlobs } from './disk-blobs.ts';

const of = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

test('a blob comes back as it was put, whole or in part', async () => {
  const blobs = openDiskBlobs(newDirectory());
  const put = await blobs.put('a/b', of('hello ', 'world'));
  assert.deepEqual(put, { size: 11, sha256: 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9' });
  const cases: readonly (readonly [{ start?: number; end?: number } | undefined, string])[] = [
    [undefined, 'hello world'],
    [{ start: 6 }, 'world'],
    [{ end: 5 }, 'hello'],
    [{ start: 3, end: 8 }, 'lo wo'],
    [{ start: 3, end: 99 }, 'lo world'],
    [{ start: 11 }, ''],
    [{ start: 5, end: 5 }, ''],
  ];
  for (const [range, expected] of cases) {
    const content = await blobs.get('a/b', range);
    assert.equal(content?.size, 11);
    assert.equal(content && (await text(content.stream)), expected);
  }
});

test('a blob is replaced, deleted and absent', async () => {
  const blobs = openDiskBlobs(newDirectory());
  await blobs.put('x', of('one'));
  await blobs.put('x', of('three'));
  assert.deepEqual(await blobs.list(), [{ name: 'x', size: 5 }]);
  await blobs.delete('x');
  await blobs.delete('x');
  assert.equal(await blobs.get('x'), undefined);
});

test('a source that fails leaves nothing, and the old blob stands', async () => {
  const directory = newDirectory();
  const blobs = openDiskBlobs(directory);
  await blobs.put('x', of('old'));
  async function* broken() {
    yield Buffer.from('new');
    throw new Error('the sender went away');
  }
  await assert.rejects(blobs.put('x', broken()), /sender went away/);
  const content = await blobs.get('x');
  assert.equal(content && (await text(content.stream)), 'old');
  assert.deepEqual(readdirSync(join(directory, 'incoming')), []);
});

test('what a crash left half written is removed at start', () => {
  const directory = newDirectory();
  openDiskBlobs(directory);
  writeFileSync(join(directory, 'incoming', 'half'), 'x');
  openDiskBlobs(directory);
  assert.deepEqual(readdirSync(join(directory, 'incoming')), []);
});

test('any names are kept apart, inside the directory, and listed in binary order', async () => {
  const hostile = [
    '../../escape',
    '/etc/passwd',
    '..',
    '.',
    '',
    'A',
    'a',
    'x'.repeat(5_000),
    'nul\u0000',
    'ü😀',
    'incoming',
  ];
  const name = fc.oneof(
    fc.constantFrom(...hostile),
    fc.string({ unit: 'binary' }).filter((each) => each.isWellFormed()),
  );
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(name, { maxLength: 6 }), async (names) => {
      const parent = newDirectory();
      const blobs = openDiskBlobs(join(parent, 'blobs'));
      for (const each of names) await blobs.put(each, of(`content of ${each}`));
      const sorted = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.deepEqual(
        (await blobs.list()).map((blob) => blob.name),
        sorted,
      );
      assert.deepEqual(
        (await blobs.list('a')).map((blob) => blob.name),
        sorted.filter((each) => each.startsWith('a')),
      );
      for (const each of names) {
        const content = await blobs.get(each);
        assert.equal(content && (await text(content.stream)), `content of ${each}`);
      }
      assert.deepEqual(readdirSync(parent), ['blobs']);
    }),
    { numRuns: 15 },
  );
});
