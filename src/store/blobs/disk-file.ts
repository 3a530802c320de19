import * as fs from 'node:fs';
import { promisify } from 'node:util';

/**
 * Files by their descriptors: a file handle of `fs/promises` costs about twice as much for each small file. What the page cache answers
 * is asked at once: handing a call of some microseconds to another thread costs more than ten times its own time. What waits for the
 * disk (syncing, and all writing and reading of large blobs) goes to the other threads.
 */

const openFile = promisify(fs.open);
export const close = promisify(fs.close);
export const sync = promisify(fs.fsync);
const mkdir = promisify(fs.mkdir);
const fstat = promisify(fs.fstat);
const unlink = promisify(fs.unlink);
const readdir = promisify(fs.readdir);

export function open(path: string, flags: string): Promise<number> {
  return openFile(path, flags, 0o600);
}

export async function openIfThere(path: string): Promise<number | undefined> {
  try {
    return await openFile(path, 'r');
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

export async function remove(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isAbsence(error)) throw error;
  }
}

export async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

export function namesIn(path: string): Promise<string[]> {
  return readdir(path);
}

export function status(file: number): Promise<fs.Stats> {
  return fstat(file);
}

/** Appends all pieces, however many writes that takes. */
export async function writeAll(file: number, pieces: readonly Uint8Array[]): Promise<void> {
  let left = pieces;
  while (left.length > 0) left = withoutFirst(left, await writeSome(file, left));
}

function writeSome(file: number, pieces: readonly Uint8Array[]): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.writev(file, pieces, (error, written) => (error ? reject(error) : resolve(written)));
  });
}

function withoutFirst(pieces: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let skip = count;
  const left: Uint8Array[] = [];
  for (const piece of pieces) {
    if (skip >= piece.length) skip -= piece.length;
    else {
      left.push(skip === 0 ? piece : piece.subarray(skip));
      skip = 0;
    }
  }
  return left;
}

/** Up to `length` bytes from `position`: fewer at the end of the file. */
export async function readAt(file: number, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let at = 0;
  while (at < length) {
    const count = await readSome(file, buffer, at, position + at);
    if (count === 0) break;
    at += count;
  }
  return at === length ? buffer : buffer.subarray(0, at);
}

function readSome(file: number, buffer: Buffer, at: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(file, buffer, at, buffer.length - at, position, (error, count) => (error ? reject(error) : resolve(count)));
  });
}

const syncing = new Map<string, { readonly running: Promise<void>; next: Promise<void> | undefined }>();

/** Makes renames within a directory durable. Those that come while it is being synced share the next sync. */
export function syncDirectory(path: string): Promise<void> {
  const current = syncing.get(path);
  if (current === undefined) return begin(path);
  current.next ??= current.running.then(
    () => begin(path),
    () => begin(path),
  );
  return current.next;
}

function begin(path: string): Promise<void> {
  const running = syncOnce(path);
  const entry = { running, next: undefined };
  syncing.set(path, entry);
  const done = () => {
    if (syncing.get(path) === entry && entry.next === undefined) syncing.delete(path);
  };
  running.then(done, done);
  return running;
}

async function syncOnce(path: string): Promise<void> {
  const directory = fs.openSync(path, 'r');
  try {
    await sync(directory);
  } finally {
    fs.closeSync(directory);
  }
}

/** A new file with this content, not yet synced. */
export function writeNew(path: string, pieces: readonly Uint8Array[]): number {
  const file = fs.openSync(path, 'wx', 0o600);
  try {
    let left = pieces;
    while (left.length > 0) left = withoutFirst(left, fs.writevSync(file, left));
  } catch (error) {
    fs.closeSync(file);
    throw error;
  }
  return file;
}

/** Gives a file that was synced its name. */
export function closeAs(file: number, from: string, to: string): void {
  fs.closeSync(file);
  fs.renameSync(from, to);
}

/** For reads that are over before anything else runs: fresh memory for each would keep the garbage collector busy. */
const scratch = Buffer.allocUnsafeSlow(320 * 1024);

/** Hands the bytes of a file to `use`; undefined when it is not there. `length` undefined: to the end. */
export function readNow<T>(
  path: string,
  position: number,
  length: number | undefined,
  use: (bytes: Buffer) => T,
): T | undefined {
  let file: number;
  try {
    file = fs.openSync(path, 'r');
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
  try {
    const wanted = length ?? Math.max(fs.fstatSync(file).size - position, 0);
    const buffer = wanted <= scratch.length ? scratch.subarray(0, wanted) : Buffer.allocUnsafeSlow(wanted);
    let at = 0;
    while (at < buffer.length) {
      const count = fs.readSync(file, buffer, at, buffer.length - at, position + at);
      if (count === 0) break;
      at += count;
    }
    return use(buffer.subarray(0, at));
  } finally {
    fs.closeSync(file);
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
