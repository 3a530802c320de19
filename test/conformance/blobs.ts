import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { before, describe, test } from 'node:test';
import type { Blobs } from '#store/blobs/blobs.ts';

const of = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

/** What every backend of blobs must do. */
export function blobsConformance(name: string, open: () => Promise<Blobs>): void {
  describe(`blobs: ${name}`, () => {
    let blobs: Blobs;
    before(async () => {
      blobs = await open();
    });
    const contentOf = async (blob: string, range?: { readonly start?: number; readonly end?: number }) => {
      const found = await blobs.get(blob, range);
      return found === undefined ? undefined : { size: found.size, text: await text(found.stream) };
    };

    test('a blob comes back as it was put, whole or in part', async () => {
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
        assert.deepEqual(await contentOf('a/b', range), { size: 11, text: expected });
        assert.equal(await blobs.read('a/b', range ?? {}, String), expected);
      }
    });

    test('one piece of bytes, and no bytes', async () => {
      assert.deepEqual(await blobs.put('piece', Buffer.from('abc'), { digest: false }), { size: 3, sha256: '' });
      assert.deepEqual(await contentOf('piece'), { size: 3, text: 'abc' });
      assert.equal((await blobs.put('empty', Buffer.alloc(0))).size, 0);
      assert.deepEqual(await contentOf('empty'), { size: 0, text: '' });
    });

    test('many megabytes come back byte by byte', async () => {
      const mebibyte = 1024 * 1024;
      const block = Buffer.from(Array.from({ length: 1_000 }, (_, index) => index % 251));
      const whole = Buffer.alloc(40 * mebibyte + 12_345, block);
      async function* chunks() {
        for (let at = 0; at < whole.length; at += 777_777) yield whole.subarray(at, at + 777_777);
      }
      assert.equal((await blobs.put('large', chunks())).size, whole.length);
      const found = await blobs.get('large');
      assert.ok(found !== undefined && whole.equals(await buffer(found.stream)), 'other bytes came back');
      const [start, end] = [16 * mebibyte - 10, 32 * mebibyte + 10];
      const expected = whole.subarray(start, end);
      assert.equal(await blobs.read('large', { start, end }, (bytes) => expected.equals(bytes)), true);
    });

    test('a blob is replaced, deleted and absent', async () => {
      await blobs.put('x', of('one'));
      await blobs.put('x', of('three'));
      assert.deepEqual(await contentOf('x'), { size: 5, text: 'three' });
      await blobs.delete('x');
      await blobs.delete('x');
      assert.equal(await blobs.get('x'), undefined);
      assert.equal(await blobs.read('x', {}, String), undefined);
    });

    test('a source that fails leaves nothing, and the old blob stands', async () => {
      await blobs.put('kept', of('old'));
      async function* broken(bytes: number) {
        yield Buffer.alloc(bytes, 'n');
        throw new Error('the sender went away');
      }
      for (const bytes of [3, 40 * 1024 * 1024]) {
        await assert.rejects(blobs.put('kept', broken(bytes)), /sender went away/);
        assert.deepEqual(await contentOf('kept'), { size: 3, text: 'old' });
      }
    });

    test('any names are kept apart, and listed in binary order', async () => {
      const names = [
        'n/../../escape',
        'n//',
        'n/.',
        'n',
        'n/A',
        'n/a',
        'n/nul\u0000',
        'n/ü😀',
        'n/\uffee',
        'n/<&>"',
        'n/%2F+ ',
      ];
      for (const each of names) await blobs.put(each, of(`content of ${each}`));
      const sorted = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.deepEqual(
        (await blobs.list('n')).map((blob) => blob.name),
        sorted,
      );
      assert.deepEqual(
        (await blobs.list('n/')).map((blob) => blob.name),
        sorted.filter((each) => each.startsWith('n/')),
      );
      for (const each of names) assert.equal((await contentOf(each))?.text, `content of ${each}`);
      const walked: string[] = [];
      for await (const { name: each, modified } of blobs.walk('n/')) {
        walked.push(each);
        assert.ok(Math.abs(modified - Date.now()) < 3_600_000);
      }
      assert.deepEqual(walked.sort(), sorted.filter((each) => each.startsWith('n/')).sort());
    });
  });
}
