import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { newPassphraseParameters, passphraseRootKey } from './passphrase.ts';

test('a passphrase gives the same root key again, under its parameters only', async () => {
  const parameters = newPassphraseParameters();
  const root = await passphraseRootKey('correct horse battery', parameters);
  assert.equal(root.key.symmetricKeySize, 32);
  assert.ok(
    root.key.equals((await passphraseRootKey('correct horse battery', JSON.parse(JSON.stringify(parameters)))).key),
  );
  assert.ok(!root.key.equals((await passphraseRootKey('correct horse batterx', parameters)).key));
  assert.ok(!root.key.equals((await passphraseRootKey('correct horse battery', newPassphraseParameters())).key));
});

test('accents typed in either Unicode form are the same passphrase', async () => {
  const parameters = newPassphraseParameters();
  const composed = await passphraseRootKey('schl\u00fcssel-wort', parameters);
  assert.ok(composed.key.equals((await passphraseRootKey('schlu\u0308ssel-wort', parameters)).key));
});

test('weak passphrases and altered parameters are refused', async () => {
  const parameters = newPassphraseParameters();
  await assert.rejects(passphraseRootKey('short', parameters), /12 characters/);
  const altered = [
    { memoryKiB: 8 },
    { memoryKiB: 2 ** 30 },
    { passes: 1 },
    { passes: 1e6 },
    { parallelism: 0 },
    { salt: '' },
    { salt: 7 },
  ];
  for (const each of altered) {
    await assert.rejects(passphraseRootKey('correct horse battery', { ...parameters, ...each }), /parameters/);
  }
});
