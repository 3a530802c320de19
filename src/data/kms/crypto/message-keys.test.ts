import { strict as assert } from 'node:assert';
import { createSecretKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { MessageKeys, messageKeysOf } from './message-keys.ts';

const backing = () => createSecretKey(randomBytes(32));
const names = { keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1', materialId: 'ab'.repeat(32) };
const saltOf = (header: Uint8Array) => Buffer.from(header.subarray(-44, -12)).toString('hex');
const nonceOf = (header: Uint8Array) => Buffer.from(header.subarray(-12)).toString('hex');

test('a nonce never comes again, and a salt serves 65,536 messages', () => {
  const keys = new MessageKeys(backing());
  const nonces = new Set<string>();
  const salts = new Map<string, number>();
  for (let i = 0; i < 65_536 + 100; i++) {
    const { header } = keys.next(names, randomBytes);
    nonces.add(nonceOf(header));
    salts.set(saltOf(header), (salts.get(saltOf(header)) ?? 0) + 1);
  }
  assert.equal(nonces.size, 65_536 + 100);
  assert.deepEqual([...salts.values()], [65_536, 100]);
});

test('headers name the key that asks', () => {
  const keys = new MessageKeys(backing());
  const one = keys.next(names, randomBytes).header;
  const other = keys.next({ ...names, keyArn: names.keyArn.replace(/1$/, '2') }, randomBytes).header;
  assert.ok(Buffer.from(one).includes('key/1'));
  assert.ok(Buffer.from(other).includes('key/2'));
  assert.notEqual(saltOf(one), saltOf(other));
});

test('a header is the message’s own', () => {
  const keys = new MessageKeys(backing());
  const first = keys.next(names, randomBytes).header;
  const before = Buffer.from(first).toString('hex');
  keys.next(names, randomBytes).header.fill(0);
  assert.equal(Buffer.from(first).toString('hex'), before);
});

test('a key that opened a message is remembered, and 64 of them', () => {
  const keys = new MessageKeys(backing());
  const salts = Array.from({ length: 65 }, () => randomBytes(32));
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = salts;
  const derived = keys.open(first);
  assert.notEqual(keys.open(first), derived, 'not before it proved good');
  keys.keep(first, derived);
  assert.equal(keys.open(first), derived);
  const secondKey = keys.open(second);
  keys.keep(second, secondKey);
  for (const salt of salts.slice(2)) keys.keep(salt, keys.open(salt));
  assert.notEqual(keys.open(first), derived, 'the oldest went');
  assert.ok(keys.open(first).equals(derived), 'and is derived again');
  assert.equal(keys.open(second), secondKey);
});

test('one set of keys for one backing key', () => {
  const key = backing();
  assert.equal(messageKeysOf(key), messageKeysOf(key));
  assert.notEqual(messageKeysOf(key), messageKeysOf(backing()));
});
