import { strict as assert } from 'node:assert';
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { newDirectory } from '../../../../test/conformance/store-directory.ts';
import { rewrapKeyring } from '../keyring.ts';
import { openSealFile, readKeyringFile, writeKeyringFile } from '../keyring-file.ts';
import { WrongRootKeyError } from '../root-key.ts';
import { createKeyFile, KeyFileError, openKeyFile } from './key-file.ts';

const newPath = () => join(newDirectory(), 'root.key');

test('a new key file has 32 random bytes and mode 600, and is never overwritten', () => {
  const path = newPath();
  const created = createKeyFile(path);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readFileSync(path), created.key.export());
  assert.ok(openKeyFile(path).key.equals(created.key));
  assert.ok(!createKeyFile(newPath()).key.equals(created.key));
  assert.throws(() => createKeyFile(path), KeyFileError);
  assert.deepEqual(readFileSync(path), created.key.export());
});

function withMode(path: string, mode: number): void {
  createKeyFile(path);
  chmodSync(path, mode);
}

function linkTo(path: string): void {
  createKeyFile(`${path}2`);
  symlinkSync(`${path}2`, path);
}

test('a key file that others could read, or that is none, is refused', async (t) => {
  const cases: readonly (readonly [string, RegExp, (path: string) => void])[] = [
    ['absent', /cannot be opened/, () => undefined],
    ['readable by the group', /mode 640/, (path) => withMode(path, 0o640)],
    ['readable by everybody', /mode 604/, (path) => withMode(path, 0o604)],
    ['too short', /31 bytes/, (path) => writeFileSync(path, Buffer.alloc(31), { mode: 0o600 })],
    ['too long', /33 bytes/, (path) => writeFileSync(path, Buffer.alloc(33), { mode: 0o600 })],
    ['a symbolic link', /symbolic link/, (path) => linkTo(path)],
    ['a directory', /regular file/, (path) => mkdirSync(path)],
  ];
  for (const [name, message, make] of cases) {
    await t.test(name, () => {
      const path = newPath();
      make(path);
      assert.throws(
        () => openKeyFile(path),
        (error: unknown) =>
          error instanceof KeyFileError && message.test(error.message) && error.message.includes(path),
      );
    });
  }
});

test("somebody else's key file is refused", {
  skip: process.geteuid?.() !== 0 && 'needs root to give a file away',
}, () => {
  const path = newPath();
  createKeyFile(path);
  chownSync(path, 1, 1);
  assert.throws(() => openKeyFile(path), /owned by user 1/);
});

test('the keyring file is made once, opens with its root key only, and follows a rewrap', () => {
  const path = newPath();
  const file = `${path}.json`;
  const root = createKeyFile(path);
  const first = openSealFile(file, root, 7);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const sealed = first.seal(Buffer.from('x'), 'c');
  assert.equal(Buffer.from(openSealFile(file, root, 8).open(sealed, 'c')).toString(), 'x');
  const other = createKeyFile(newPath());
  assert.throws(() => openSealFile(file, other, 8), WrongRootKeyError);
  writeKeyringFile(file, rewrapKeyring(readKeyringFile(file), root, other));
  assert.equal(Buffer.from(openSealFile(file, other, 9).open(sealed, 'c')).toString(), 'x');
  assert.deepEqual(JSON.parse(first.exportKeyring()), readKeyringFile(file), 'backups take the keyring as it is now');
});
