import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { readDirectory, type ZipEntry, ZipError } from './directory.ts';

const inflate = promisify(inflateRaw);
const localSignature = 0x04034b50;

/**
 * Unpacks an archive into a folder that is there and nobody else writes to. What the archive says of itself is checked while it is read: an
 * entry that is longer than it said ends the unpacking.
 *
 * @param into files of the same path are replaced, as layers do
 * @throws ZipError
 */
export async function unpack(zip: Buffer, into: string, maxBytes: number): Promise<void> {
  const made = new Set<string>([into]);
  for (const entry of readDirectory(zip, maxBytes)) {
    const target = join(into, entry.path);
    if (entry.path.endsWith('/')) {
      await folder(target, made);
      continue;
    }
    await folder(dirname(target), made);
    const bytes = await contentOf(zip, entry);
    // Executable for whoever runs it: archives made elsewhere carry no permissions.
    const mode = entry.mode === undefined ? 0o755 : entry.mode | 0o444;
    await writeFile(target, bytes, { mode }).catch(asZipError);
    if (entry.mode !== undefined) await chmod(target, mode);
  }
}

async function folder(path: string, made: Set<string>): Promise<void> {
  if (made.has(path)) return;
  await mkdir(path, { recursive: true, mode: 0o755 }).catch(asZipError);
  made.add(path);
}

/** A file where a folder should be, or the other way round. */
function asZipError(error: NodeJS.ErrnoException): never {
  if (['EEXIST', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].includes(error.code ?? '')) {
    throw new ZipError('a path of the archive is both a file and a folder, or too long');
  }
  throw error;
}

/** The bytes of one entry, as long as it said, with the checksum it said. @throws ZipError */
export async function contentOf(zip: Buffer, entry: ZipEntry): Promise<Buffer> {
  const { offset, compressedSize, size } = entry;
  if (zip.readUInt32LE(offset) !== localSignature) throw new ZipError('a local header is damaged');
  const begin = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28);
  const packed = zip.subarray(begin, begin + compressedSize);
  if (packed.length < compressedSize) throw new ZipError('the archive is cut off');
  const bytes = entry.method === 'stored' ? packed : await inflated(packed, size);
  if (bytes.length !== size) throw new ZipError(`\`${entry.path}\` has another size than the archive says`);
  if (crc32(bytes) !== entry.crc32) throw new ZipError(`\`${entry.path}\` is damaged`);
  return bytes;
}

async function inflated(packed: Buffer, size: number): Promise<Buffer> {
  if (size === 0 && packed.length <= 2) return Buffer.alloc(0);
  try {
    return await inflate(packed, { maxOutputLength: Math.max(size, 1) });
  } catch {
    throw new ZipError('compressed data is damaged, or longer than the archive says');
  }
}
