import { strict as assert } from 'node:assert';
import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { generateEd25519, signEd25519, verifyEd25519 } from './ed25519.ts';
import { signEd25519ph, verifyEd25519ph } from './ed25519ph.ts';

const privateKey = (seed: string) =>
  createPrivateKey({
    key: Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex'),
    format: 'der',
    type: 'pkcs8',
  });

test('Ed25519 is RFC 8032 §7.1, test 1', () => {
  const key = privateKey('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');
  const signature =
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b';
  assert.equal(Buffer.from(signEd25519(key, Buffer.alloc(0))).toString('hex'), signature);
  assert.ok(verifyEd25519(createPublicKey(key), Buffer.alloc(0), Buffer.from(signature, 'hex')));
});

test('Ed25519ph is RFC 8032 §7.3, whatever the blinding', () => {
  const key = privateKey('833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42');
  const signature =
    '98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406';
  assert.equal(Buffer.from(signEd25519ph(key, Buffer.from('abc'), randomBytes)).toString('hex'), signature);
  assert.equal(Buffer.from(signEd25519ph(key, Buffer.from('abc'), (n) => Buffer.alloc(n))).toString('hex'), signature);
  assert.ok(verifyEd25519ph(createPublicKey(key), Buffer.from('abc'), Buffer.from(signature, 'hex')));
});

test('Ed25519ph refuses every changed bit position class', async () => {
  const key = await generateEd25519();
  const publicKey = createPublicKey(key);
  const message = randomBytes(64);
  const signature = signEd25519ph(key, message, randomBytes);
  assert.ok(verifyEd25519ph(publicKey, message, signature));
  for (const at of [0, 15, 31, 32, 47, 63]) {
    const changed = Uint8Array.from(signature);
    changed[at] = (changed[at] ?? 0) ^ 0x10;
    assert.ok(!verifyEd25519ph(publicKey, message, changed), `byte ${at}`);
  }
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
  const shifted = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
  const malleated = Buffer.concat([signature.subarray(0, 32), shifted]);
  assert.ok(!verifyEd25519ph(publicKey, message, malleated), 'S is below the group order');
  assert.ok(!verifyEd25519ph(publicKey, randomBytes(64), signature));
  assert.ok(!verifyEd25519ph(publicKey, message, signature.subarray(0, 63)));
  assert.ok(!verifyEd25519(publicKey, message, signature), 'pure Ed25519 is another scheme');
  assert.ok(!verifyEd25519ph(createPublicKey(await generateEd25519()), message, signature));
});
