import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { readDirectory, ZipError } from './directory.ts';
import { type PackedFile, pack, packOne } from './pack-for-tests.ts';
import { unpack } from './unpack.ts';

const limit = 1_000_000;
const root = mkdtempSync(join(tmpdir(), 'ringwall-zip-'));
after(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
function folder(): string {
  made += 1;
  const path = join(root, String(made));
  mkdirSync(path);
  return path;
}

const file = (path: string, rest: Partial<PackedFile> = {}): PackedFile => ({ path, content: 'hello', ...rest });
const edited = (edit: (zip: Buffer) => void): Buffer => {
  const zip = packOne('a', 'hello');
  edit(zip);
  return zip;
};

describe('archives that are refused', () => {
  const hostile: readonly (readonly [string, Buffer, RegExp])[] = [
    ['nothing', Buffer.alloc(0), /missing/],
    ['no archive', Buffer.from('hello, this is no archive at all'), /missing/],
    ['a way up', pack([file('../evil')]), /plain path/],
    ['a way up inside', pack([file('a/../../evil')]), /plain path/],
    ['an absolute path', pack([file('/etc/passwd')]), /relative path/],
    ['a drive', pack([file('C:/evil')]), /relative path/],
    ['backslashes', pack([file('..\\evil')]), /relative path/],
    ['a dot', pack([file('./a')]), /plain path/],
    ['an empty part', pack([file('a//b')]), /plain path/],
    ['a zero byte', pack([file('a\0b')]), /no path/],
    ['a path too long', pack([file('a'.repeat(2_000))]), /too long/],
    ['the same path twice', pack([file('a'), file('a')]), /twice/],
    ['a symbolic link', pack([file('link', { mode: 0o120777, content: '/etc' })]), /links/],
    ['a device', pack([file('dev', { mode: 0o020666 })]), /devices/],
    ['an encrypted file', pack([file('a', { claim: { flags: 1 } })]), /encrypted/],
    ['another compression', pack([file('a', { claim: { method: 12 } })]), /method 12/],
    ['more than is allowed', pack([file('a', { claim: { size: limit + 1 } })]), /Unzipped size must be smaller/],
    ['a directory elsewhere', edited((zip) => zip.writeUInt32LE(7, zip.length - 6)), /damaged/],
    ['more entries than there are', edited((zip) => zip.writeUInt16LE(9, zip.length - 12)), /damaged/],
    ['a file as a folder', pack([file('a'), file('a/b')]), /both a file and a folder/],
    ['a size too small', pack([file('a', { claim: { size: 2 } })]), /longer than the archive says/],
    ['a size too large', pack([file('a', { claim: { size: 7 } })]), /another size/],
    ['a wrong checksum', pack([file('a', { claim: { crc32: 1 } })]), /damaged/],
  ];
  for (const [name, zip, message] of hostile) {
    test(name, async () => {
      const into = folder();
      await assert.rejects(
        unpack(zip, into, limit),
        (error) => error instanceof ZipError && message.test(error.message),
      );
    });
  }

  test('a bomb ends when it is larger than it said', async () => {
    const bomb = pack([{ path: 'bomb', content: Buffer.alloc(50_000_000), claim: { size: 10 } }]);
    assert.ok(bomb.length < 100_000);
    await assert.rejects(unpack(bomb, folder(), limit), ZipError);
  });

  test('random bytes in an honest archive never do anything but refuse', async () => {
    const honest = pack([file('a/b'), file('c', { stored: true })]);
    await fc.assert(
      fc.asyncProperty(fc.nat(honest.length - 1), fc.integer({ min: 0, max: 255 }), async (at, byte) => {
        const zip = Buffer.from(honest);
        zip[at] = byte;
        await unpack(zip, folder(), limit).catch((error: unknown) =>
          assert.ok(error instanceof ZipError, String(error)),
        );
      }),
      { numRuns: 300 },
    );
  });
});

test('files keep their content and permissions', async () => {
  const into = folder();
  await unpack(
    pack([file('bin/', { content: '', stored: true, mode: 0o040755 }), file('bin/run', { mode: 0o100755 })]),
    into,
    limit,
  );
  assert.equal(readFileSync(join(into, 'bin/run'), 'utf8'), 'hello');
  assert.equal(statSync(join(into, 'bin/run')).mode & 0o777, 0o755);
});

const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const source = folder();
mkdirSync(join(source, 'lib'));
writeFileSync(join(source, 'index.mjs'), 'export const handler = 1;\n'.repeat(100));
writeFileSync(join(source, 'lib/é.txt'), 'ü');
writeFileSync(join(source, 'empty'), '');

async function assertUnpacks(zip: Buffer): Promise<void> {
  const into = folder();
  await unpack(zip, into, limit);
  assert.equal(readFileSync(join(into, 'index.mjs'), 'utf8'), readFileSync(join(source, 'index.mjs'), 'utf8'));
  assert.equal(readFileSync(join(into, 'lib/é.txt'), 'utf8'), 'ü');
  assert.equal(readFileSync(join(into, 'empty'), 'utf8'), '');
}

test('what `zip` writes', { skip: !has('zip') && 'zip is not installed' }, async () => {
  spawnSync('zip', ['-qr', join(root, 'made.zip'), '.'], { cwd: source });
  await assertUnpacks(readFileSync(join(root, 'made.zip')));
  // Written to a pipe, sizes follow the data, and zip64 may be used.
  await assertUnpacks(spawnSync('zip', ['-qr', '-', '.'], { cwd: source }).stdout);
});

test('what Python writes, zip64 included', { skip: !has('python3') && 'python3 is not installed' }, async () => {
  const script = `
import zipfile, os, sys
z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)
for d, _, names in os.walk('.'):
    for n in names:
        with z.open(os.path.relpath(os.path.join(d, n)), 'w', force_zip64=True) as f: f.write(open(os.path.join(d, n), 'rb').read())
z.close()`;
  const to = join(root, 'python.zip');
  assert.equal(spawnSync('python3', ['-c', script, to], { cwd: source }).status, 0);
  await assertUnpacks(readFileSync(to));
});

test('an archive whose directory is zip64', () => {
  const plain = packOne('a', 'hello');
  const start = plain.readUInt32LE(plain.length - 6);
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(1n, 32);
  end64.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(plain.length - 22), 8);
  const end = Buffer.from(plain.subarray(plain.length - 22));
  end.writeUInt16LE(0xffff, 10);
  end.writeUInt32LE(0xffffffff, 16);
  const zip = Buffer.concat([plain.subarray(0, plain.length - 22), end64, locator, end]);
  assert.deepEqual(
    readDirectory(zip, limit).map(({ path, size }) => [path, size]),
    [['a', 5]],
  );
});
