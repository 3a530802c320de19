/** One file or folder of an archive, as its central directory tells. */
export type ZipEntry = {
  /** Path with `/`, relative; folders end with `/`. */
  readonly path: string;
  readonly method: 'stored' | 'deflate';
  readonly compressedSize: number;
  readonly size: number;
  readonly crc32: number;
  /** Where its local header begins. */
  readonly offset: number;
  /** Unix permission bits; undefined where the archive was made elsewhere. */
  readonly mode: number | undefined;
};

/** An archive that cannot be trusted, or read. `message` tells the uploader why. */
export class ZipError extends Error {
  readonly kind: 'malformed' | 'too-large';
  constructor(message: string, kind: ZipError['kind'] = 'malformed') {
    super(message);
    this.name = 'ZipError';
    this.kind = kind;
  }
}

/** Most entries of an archive: each becomes a file. */
export const maxEntries = 65_535;
/** Longest path: that of a file system. */
const maxPathBytes = 1_024;
/** A comment may follow the end record: it is looked for this far from the end. */
const maxComment = 65_535;

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const locatorSignature = 0x07064b50;
const entrySignature = 0x02014b50;
const endSize = 22;
const entrySize = 46;

/**
 * Reads the central directory of a zip file (PKWARE APPNOTE 6.3, sections 4.3.12–4.3.16), with the zip64 extension. Whatever could lead
 * out of the folder it is unpacked into is refused here, before anything is written.
 *
 * @param maxBytes what all files together may unpack to
 * @throws ZipError
 */
export function readDirectory(zip: Buffer, maxBytes: number): readonly ZipEntry[] {
  const { count, start } = findDirectory(zip);
  if (count > maxEntries) throw new ZipError(`expected at most ${maxEntries} entries, found ${count}`);
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  let total = 0;
  let at = start;
  for (let i = 0; i < count; i += 1) {
    const { entry, next } = readEntry(zip, at);
    at = next;
    total += entry.size;
    if (total > maxBytes) throw new ZipError(`Unzipped size must be smaller than ${maxBytes} bytes`, 'too-large');
    if (names.has(entry.path)) throw new ZipError(`the path \`${entry.path}\` stands twice`);
    names.add(entry.path);
    entries.push(entry);
  }
  return entries;
}

function findDirectory(zip: Buffer): { readonly count: number; readonly start: number } {
  const lowest = Math.max(0, zip.length - endSize - maxComment);
  for (let at = zip.length - endSize; at >= lowest; at -= 1) {
    if (zip.readUInt32LE(at) !== endSignature || at + endSize + zip.readUInt16LE(at + 20) !== zip.length) continue;
    const count = zip.readUInt16LE(at + 10);
    const start = zip.readUInt32LE(at + 16);
    if (zip.readUInt16LE(at + 4) !== 0) throw new ZipError('archives of several disks are not supported');
    return count === 0xffff || start === 0xffffffff ? findDirectory64(zip, at) : { count, start };
  }
  throw new ZipError('the end of the central directory is missing');
}

function findDirectory64(zip: Buffer, end: number): { readonly count: number; readonly start: number } {
  const locator = end - 20;
  if (locator < 0 || zip.readUInt32LE(locator) !== locatorSignature) throw new ZipError('the zip64 locator is missing');
  const at = safe(zip.readBigUInt64LE(locator + 8));
  if (at + 56 > locator || zip.readUInt32LE(at) !== end64Signature) throw new ZipError('the zip64 end is missing');
  return { count: safe(zip.readBigUInt64LE(at + 32)), start: safe(zip.readBigUInt64LE(at + 48)) };
}

function readEntry(zip: Buffer, at: number): { readonly entry: ZipEntry; readonly next: number } {
  if (at + entrySize > zip.length || zip.readUInt32LE(at) !== entrySignature) {
    throw new ZipError('the central directory is damaged');
  }
  const nameLength = zip.readUInt16LE(at + 28);
  const extraLength = zip.readUInt16LE(at + 30);
  const next = at + entrySize + nameLength + extraLength + zip.readUInt16LE(at + 32);
  if (next > zip.length) throw new ZipError('the central directory is damaged');
  if ((zip.readUInt16LE(at + 8) & 1) !== 0) throw new ZipError('encrypted archives are not supported');
  const nameEnd = at + entrySize + nameLength;
  const sizes = wideSizes(zip.subarray(nameEnd, nameEnd + extraLength), {
    size: zip.readUInt32LE(at + 24),
    compressedSize: zip.readUInt32LE(at + 20),
    offset: zip.readUInt32LE(at + 42),
  });
  const mode = modeOf(zip.readUInt16LE(at + 4), zip.readUInt32LE(at + 38));
  const entry: ZipEntry = {
    path: checkedPath(zip.subarray(at + entrySize, nameEnd)),
    method: methodOf(zip.readUInt16LE(at + 10)),
    crc32: zip.readUInt32LE(at + 16),
    mode,
    ...sizes,
  };
  if (entry.method === 'stored' && entry.size !== entry.compressedSize) throw new ZipError('sizes do not agree');
  if (entry.offset + 30 + entry.compressedSize > zip.length) throw new ZipError('an entry lies outside the archive');
  return { entry, next };
}

type Sizes = Pick<ZipEntry, 'size' | 'compressedSize' | 'offset'>;

/** Sizes that do not fit into 32 bits stand in the extra field 1, in this order. */
function wideSizes(extra: Buffer, narrow: Sizes): Sizes {
  let at = 0;
  while (at + 4 <= extra.length) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1) return widened(extra.subarray(at + 4, at + 4 + length), narrow);
    at += 4 + length;
  }
  return widened(Buffer.alloc(0), narrow);
}

function widened(field: Buffer, narrow: Sizes): Sizes {
  let at = 0;
  const wide = (value: number): number => {
    if (value !== 0xffffffff) return value;
    if (at + 8 > field.length) throw new ZipError('a zip64 size is missing');
    at += 8;
    return safe(field.readBigUInt64LE(at - 8));
  };
  const size = wide(narrow.size);
  const compressedSize = wide(narrow.compressedSize);
  return { size, compressedSize, offset: wide(narrow.offset) };
}

function safe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new ZipError('a size is out of all bounds');
  return Number(value);
}

function methodOf(method: number): ZipEntry['method'] {
  if (method === 0) return 'stored';
  if (method === 8) return 'deflate';
  throw new ZipError(`compression method ${method} is not supported`);
}

/** Unix permissions stand in the upper half of the attributes. @throws ZipError for links and devices */
function modeOf(madeBy: number, attributes: number): number | undefined {
  const mode = attributes >>> 16;
  if (madeBy >>> 8 !== 3 || mode === 0) return undefined;
  const type = mode & 0o170000;
  if (type !== 0 && type !== 0o100000 && type !== 0o040000) {
    throw new ZipError('symbolic links and devices are not supported');
  }
  return mode & 0o777;
}

/** @throws ZipError for names that lead elsewhere */
function checkedPath(bytes: Buffer): string {
  const path = bytes.toString('utf8');
  const shown = JSON.stringify(path.slice(0, 200));
  if (bytes.length > maxPathBytes) throw new ZipError(`the path ${shown} is too long`);
  if (path === '' || path.includes('\0') || path.includes('\uFFFD')) throw new ZipError(`${shown} is no path`);
  if (path.startsWith('/') || path.includes('\\') || /^[A-Za-z]:/.test(path)) {
    throw new ZipError(`expected a relative path, found ${shown}`);
  }
  const parts = path.replace(/\/$/, '').split('/');
  if (parts.some((part) => part === '' || part === '..' || part === '.')) {
    throw new ZipError(`expected a plain path, found ${shown}`);
  }
  return path;
}
