import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createKeyring, rewrapKeyring } from './keyring.ts';
import { memoryRootKey } from './kinds/memory.ts';
import { newPassphraseParameters, passphraseRootKey } from './kinds/passphrase.ts';
import { combineShares, ShareError, shamirParameters, splitRootKey } from './kinds/shamir.ts';
import { WrongRootKeyError } from './root-key.ts';
import { Unsealing } from './unsealing.ts';

function shamirKeyring() {
  const shares = splitRootKey(randomBytes(32), 2, 3);
  const root = combineShares(shares, shamirParameters(2, 3));
  return { shares, keyring: createKeyring(root, 0) };
}

test('shares unseal when there are enough, and the same one counts once', async () => {
  const { shares, keyring } = shamirKeyring();
  const [a = '', , c = ''] = shares;
  const unsealing = new Unsealing(keyring);
  assert.equal(await unsealing.offer(a), undefined);
  assert.equal(await unsealing.offer(a), undefined);
  const { state, given, needed, kind } = unsealing.status;
  assert.deepEqual({ state, given, needed, kind }, { state: 'sealed', given: 1, needed: 2, kind: 'shamir' });
  const seal = await unsealing.offer(c);
  assert.equal(unsealing.status.state, 'unsealed');
  assert.equal(Buffer.from(seal?.open(seal.seal(Buffer.from('x'), 'c'), 'c') ?? []).toString(), 'x');
});

test('shares of another installation open nothing, and do not stand in the way of the right ones', async () => {
  const { shares, keyring } = shamirKeyring();
  const foreign = shamirKeyring().shares;
  const unsealing = new Unsealing(keyring);
  await unsealing.offer(foreign[0] ?? '');
  await assert.rejects(unsealing.offer(foreign[1] ?? ''), WrongRootKeyError);
  await unsealing.offer(foreign[0] ?? '');
  await assert.rejects(unsealing.offer(shares[1] ?? ''), ShareError);
  assert.equal(unsealing.status.given, 0);
  await assert.rejects(unsealing.offer('rws1-nonsense'), ShareError);
  await unsealing.offer(shares[0] ?? '');
  assert.ok(await unsealing.offer(shares[1] ?? ''));
});

test('a key file can be changed to a passphrase without touching what is sealed', async () => {
  const before = memoryRootKey();
  const root = await passphraseRootKey('correct horse battery', newPassphraseParameters());
  const unsealing = new Unsealing(rewrapKeyring(createKeyring(before, 0), before, root));
  await assert.rejects(unsealing.offer('wrong horse battery'), WrongRootKeyError);
  assert.equal(unsealing.status.state, 'sealed');
  assert.ok(await unsealing.offer('correct horse battery'));
});
