import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { TamperedError } from '#store/store.ts';
import { createKeyring, keyringStatus, openKeyring, parseKeyring, rewrapKeyring, rotateKeyring } from './keyring.ts';
import { memoryRootKey, memorySeal } from './kinds/memory.ts';
import { WrongRootKeyError } from './root-key.ts';

const bytes = (text: string) => Buffer.from(text);

test('what is sealed opens under the same context, and only whole', () => {
  const seal = memorySeal();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'binary' }), fc.nat(), (plain, context, at) => {
      const sealed = seal.seal(plain, context);
      assert.deepEqual(Buffer.from(seal.open(sealed, context)), Buffer.from(plain));
      const flipped = Uint8Array.from(sealed);
      flipped[at % flipped.length] = (flipped[at % flipped.length] ?? 0) ^ (1 << (at % 8));
      assert.throws(() => seal.open(flipped, context), TamperedError);
      assert.throws(() => seal.open(sealed.subarray(0, at % sealed.length), context), TamperedError);
      assert.throws(() => seal.open(sealed, `${context}x`), TamperedError);
    }),
    { numRuns: 300 },
  );
});

test('no nonce comes twice, and equal plaintexts look different', () => {
  const seal = memorySeal();
  const sealed = Array.from({ length: 2_000 }, () => Buffer.from(seal.seal(bytes('same'), 'c')).toString('hex'));
  assert.equal(new Set(sealed).size, sealed.length);
  assert.equal(new Set(sealed.map((each) => each.slice(26, 50))).size, sealed.length);
});

test('a digest depends on the data, the context and the keys', () => {
  const seal = memorySeal();
  const mac = (data: string, context: string) => Buffer.from(seal.mac(data, context)).toString('hex');
  assert.equal(mac('data', 'context'), Buffer.from(seal.mac(bytes('data'), 'context')).toString('hex'));
  assert.equal(mac('data', 'context').length, 64);
  const others = [
    mac('datA', 'context'),
    mac('data', 'contexT'),
    mac('xdata', 'context'),
    mac('data', 'contextx'),
    mac('tdata', 'contex'),
  ];
  assert.equal(new Set([mac('data', 'context'), ...others]).size, 6);
  assert.notDeepEqual(memorySeal().mac('data', 'context'), seal.mac('data', 'context'));
});

test('a rewrapped keyring opens what was sealed before, under the new root key only', () => {
  const [from, to] = [memoryRootKey(), memoryRootKey()];
  const keyring = createKeyring(from, 5);
  const sealed = openKeyring(keyring, from).seal(bytes('secret'), 'c');
  const rewrapped = parseKeyring(JSON.stringify(rewrapKeyring(keyring, from, to)));
  const seal = openKeyring(rewrapped, to);
  assert.equal(Buffer.from(seal.open(sealed, 'c')).toString(), 'secret');
  assert.deepEqual(seal.mac('x', 'c'), openKeyring(keyring, from).mac('x', 'c'));
  assert.throws(() => openKeyring(rewrapped, from), WrongRootKeyError);
  assert.throws(() => rewrapKeyring(keyring, to, from), WrongRootKeyError);
});

test('a new generation seals anew, and older ones keep opening', () => {
  const root = memoryRootKey();
  const first = createKeyring(root, 1);
  const old = openKeyring(first, root);
  const second = rotateKeyring(first, root, 2);
  const seal = openKeyring(second, root);
  assert.deepEqual(keyringStatus(second), { id: first.id, kind: 'memory', generation: 2, createdAt: 2 });
  const [before, after] = [old.seal(bytes('1'), 'c'), seal.seal(bytes('2'), 'c')];
  assert.equal(Buffer.from(seal.open(before, 'c')).toString(), '1');
  assert.equal(Buffer.from(seal.open(after, 'c')).toString(), '2');
  assert.throws(() => old.open(after, 'c'), TamperedError);
  assert.throws(() => rotateKeyring(first, memoryRootKey(), 2), WrongRootKeyError);
});

test('an altered keyring does not open', () => {
  const root = memoryRootKey();
  const keyring = rotateKeyring(createKeyring(root, 1), root, 2);
  const [one, two] = keyring.generations;
  assert.ok(one && two);
  const altered = [
    { ...keyring, id: crypto.randomUUID() },
    { ...keyring, mac: one.wrapped },
    { ...keyring, generations: [{ ...one, wrapped: two.wrapped }, two] },
    { ...keyring, generations: [{ ...one, generation: 3 }, two] },
    { ...keyring, generations: [{ ...one, wrapped: '' }] },
  ];
  for (const each of altered) assert.throws(() => openKeyring(each, root), WrongRootKeyError);
  for (const json of [
    '',
    '{}',
    '[]',
    JSON.stringify({ ...keyring, format: 2 }),
    JSON.stringify({ ...keyring, extra: 1 }),
  ]) {
    assert.throws(() => parseKeyring(json), /not readable/);
  }
});
