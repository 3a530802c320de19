import { createHash, type Hash, hash, randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { UnavailableError } from '../store.ts';
import type { BlobContent, BlobRange, Blobs, WalkedBlob } from './blobs.ts';
import * as disk from './disk-file.ts';

/*
 * directory/ab/<sha256 of the name>   8 bytes length of the name, the name, the content
 * directory/incoming/<random>         not whole yet; removed at start
 *
 * The hash as a file name: no name can leave the directory, be too long or collide on a file system without case. The name
 * stands inside, so that one rename makes both appear.
 */
const LENGTH_BYTES = 8;
const INCOMING = 'incoming';
/** Bytes that a stream reads at once. */
const highWaterMark = 256 * 1024;

/** Blobs as files, for one process. */
export function openDiskBlobs(directory: string): Blobs {
  const incoming = join(directory, INCOMING);
  mkdirSync(incoming, { recursive: true, mode: 0o700 });
  for (const rest of readdirSync(incoming)) rmSync(join(incoming, rest));

  const folderOf = (digest: string) => join(directory, digest.slice(0, 2));
  const fileOf = (name: string) => {
    const digest = hash('sha256', name);
    return join(folderOf(digest), digest);
  };
  /** Folders that are known to be there, and durably. */
  const folders = new Set<string>();
  const makeFolder = async (folder: string) => {
    if (folders.has(folder)) return;
    await disk.makeDirectory(folder);
    await disk.syncDirectory(directory);
    folders.add(folder);
  };

  async function* walk(prefix = ''): AsyncIterable<WalkedBlob> {
    for (const folder of await disk.namesIn(directory)) {
      if (folder === INCOMING) continue;
      for (const entry of await disk.namesIn(join(directory, folder))) {
        const blob = await describeBlob(join(directory, folder, entry));
        if (blob?.name.startsWith(prefix)) yield blob;
      }
    }
  }

  return {
    async put(name, source, { digest: wanted = true } = {}) {
      const temporary = join(incoming, randomUUID());
      const target = fileOf(name);
      const head = headOf(name);
      const digest = wanted ? createHash('sha256') : undefined;
      const whole = source instanceof Uint8Array ? source : undefined;
      let size: number;
      try {
        const file = await durably(async () => disk.writeNew(temporary, whole === undefined ? [head] : [head, whole]));
        try {
          size = whole?.length ?? (await writeStream(file, source as AsyncIterable<Uint8Array>, digest));
          await durably(() => disk.sync(file));
        } catch (error) {
          await disk.close(file);
          throw error;
        }
        await durably(async () => {
          const folder = join(target, '..');
          await makeFolder(folder);
          disk.closeAs(file, temporary, target);
          await disk.syncDirectory(folder);
        });
      } catch (error) {
        await disk.remove(temporary);
        throw error;
      }
      if (whole !== undefined) digest?.update(whole);
      return { size, sha256: digest?.digest('hex') ?? '' };
    },

    async get(name, { start = 0, end } = {}): Promise<BlobContent | undefined> {
      const file = await disk.openIfThere(fileOf(name));
      if (file === undefined) return undefined;
      const offset = headOf(name).length;
      const size = (await disk.status(file)).size - offset;
      const stop = Math.min(end ?? size, size);
      if (start >= stop) {
        await disk.close(file);
        return { size, stream: Readable.from([]) };
      }
      // `end` of a stream is inclusive; the stream closes the file.
      return {
        size,
        stream: createReadStream('', { fd: file, start: offset + start, end: offset + stop - 1, highWaterMark }),
      };
    },

    async read<T>(name: string, { start = 0, end }: BlobRange, use: (bytes: Buffer) => T) {
      const offset = LENGTH_BYTES + Buffer.byteLength(name);
      return disk.readNow(fileOf(name), offset + start, end === undefined ? undefined : Math.max(end - start, 0), use);
    },

    async delete(name) {
      await durably(() => disk.remove(fileOf(name)));
    },

    async list(prefix = '') {
      const found: { name: string; size: number }[] = [];
      for await (const { name, size } of walk(prefix)) found.push({ name, size });
      return found.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    },

    walk,
  };
}

async function writeStream(file: number, source: AsyncIterable<Uint8Array>, digest: Hash | undefined): Promise<number> {
  let size = 0;
  for await (const piece of source) {
    digest?.update(piece);
    size += piece.length;
    await durably(() => disk.writeAll(file, [piece]));
  }
  return size;
}

function headOf(name: string): Buffer {
  const text = Buffer.from(name);
  const head = Buffer.alloc(LENGTH_BYTES + text.length);
  head.writeBigUInt64BE(BigInt(text.length));
  head.set(text, LENGTH_BYTES);
  return head;
}

async function describeBlob(path: string): Promise<WalkedBlob | undefined> {
  const file = await disk.openIfThere(path);
  if (file === undefined) return undefined;
  try {
    const { size, mtimeMs } = await disk.status(file);
    const length = Number((await disk.readAt(file, 0, LENGTH_BYTES)).readBigUInt64BE());
    const name = await disk.readAt(file, LENGTH_BYTES, length);
    return { name: name.toString(), size: size - LENGTH_BYTES - length, modified: mtimeMs };
  } finally {
    await disk.close(file);
  }
}

async function durably<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new UnavailableError('a blob could not be written', { cause });
  }
}
