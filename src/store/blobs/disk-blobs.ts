import { createHash, hash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { UnavailableError } from '../store.ts';
import type { BlobContent, Blobs } from './blobs.ts';

/*
 * directory/ab/<sha256 of the name>   8 bytes length of the name, the name, the content
 * directory/incoming/<random>         not whole yet; removed at start
 *
 * The hash as a file name: no name can leave the directory, be too long or collide on a file system without case. The name
 * stands inside, so that one rename makes both appear.
 */
const LENGTH_BYTES = 8;
const INCOMING = 'incoming';

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

  return {
    async put(name, source) {
      const temporary = join(incoming, randomUUID());
      const target = fileOf(name);
      const digest = createHash('sha256');
      let size = 0;
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(headOf(name));
        for await (const chunk of source) {
          digest.update(chunk);
          size += chunk.length;
          await durably(() => file.writeFile(chunk));
        }
        await durably(() => file.sync());
        await file.close();
        await durably(async () => {
          const folder = join(target, '..');
          const made = await mkdir(folder, { recursive: true, mode: 0o700 });
          await rename(temporary, target);
          await syncDirectory(folder);
          if (made !== undefined) await syncDirectory(directory);
        });
      } catch (error) {
        await file.close().catch(() => undefined);
        await rm(temporary, { force: true });
        throw error;
      }
      return { size, sha256: digest.digest('hex') };
    },

    async get(name, { start = 0, end } = {}): Promise<BlobContent | undefined> {
      const file = await openIfThere(fileOf(name));
      if (file === undefined) return undefined;
      const offset = headOf(name).length;
      const size = (await file.stat()).size - offset;
      const stop = Math.min(end ?? size, size);
      if (start >= stop) {
        await file.close();
        return { size, stream: Readable.from([]) };
      }
      // `end` of a stream is inclusive; the stream closes the file.
      return { size, stream: file.createReadStream({ start: offset + start, end: offset + stop - 1 }) };
    },

    async delete(name) {
      await durably(() => rm(fileOf(name), { force: true }));
    },

    async list(prefix = '') {
      const found: { name: string; size: number }[] = [];
      for (const folder of await readdir(directory)) {
        if (folder === INCOMING) continue;
        for (const entry of await readdir(join(directory, folder))) {
          const blob = await describeBlob(join(directory, folder, entry));
          if (blob?.name.startsWith(prefix)) found.push(blob);
        }
      }
      return found.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    },
  };
}

function headOf(name: string): Buffer {
  const text = Buffer.from(name);
  const head = Buffer.alloc(LENGTH_BYTES + text.length);
  head.writeBigUInt64BE(BigInt(text.length));
  head.set(text, LENGTH_BYTES);
  return head;
}

async function describeBlob(path: string): Promise<{ name: string; size: number } | undefined> {
  const file = await openIfThere(path);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const length = Buffer.alloc(LENGTH_BYTES);
    await file.read(length, 0, LENGTH_BYTES, 0);
    const text = Buffer.alloc(Number(length.readBigUInt64BE()));
    await file.read(text, 0, text.length, LENGTH_BYTES);
    return { name: text.toString(), size: size - LENGTH_BYTES - text.length };
  } finally {
    await file.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function durably(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw new UnavailableError('a blob could not be written', { cause });
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
