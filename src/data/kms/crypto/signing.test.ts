import { strict as assert } from 'node:assert';
import {
  constants,
  createHash,
  createPublicKey,
  privateEncrypt,
  publicDecrypt,
  randomBytes,
  verify,
} from 'node:crypto';
import { test } from 'node:test';
import { memorySeal } from '#store/seal/kinds/memory.ts';
import { digestLength, isKeySpec, type KeySpec, keySpecs, specFacts } from '../engine/key-specs.ts';
import { generateMaterial, openMaterial } from './material.ts';
import { signRsaDigest, verifyRsaDigest } from './rsa.ts';
import { signatureIsValid, signMessage } from './signing.ts';

const seal = memorySeal();
const specs = Object.keys(keySpecs).filter(
  (name): name is KeySpec => isKeySpec(name) && specFacts(name).signing.length > 0,
);
const message = Buffer.from('a message of some length');

for (const spec of specs) {
  test(`${spec}: every algorithm signs what node:crypto verifies`, async () => {
    const place = { account: '111122223333', region: 'eu-west-1', keyId: 'k', spec };
    const material = await generateMaterial(seal, place, randomBytes);
    const key = openMaterial(seal, place, material);
    const publicKey = createPublicKey({
      key: Buffer.from(material.publicKey ?? '', 'base64'),
      format: 'der',
      type: 'spki',
    });
    const other = openMaterial(seal, place, await generateMaterial(seal, place, randomBytes));
    for (const algorithm of specFacts(spec).signing) {
      for (const type of ['RAW', 'DIGEST'] as const) {
        const digested = digestLength(algorithm);
        if (type === 'DIGEST' && (digested === undefined || algorithm === 'ED25519_SHA_512')) continue;
        if (type === 'RAW' && algorithm === 'ED25519_PH_SHA_512') continue;
        const hash = `sha${algorithm.slice(-3)}`;
        const input = type === 'RAW' ? message : createHash(hash).update(message).digest();
        const request = { spec, algorithm, type, message: input };
        const signature = await signMessage(key, request, randomBytes);
        assert.ok(signature, `${algorithm} ${type}`);
        assert.ok(signatureIsValid(key, request, signature), `${algorithm} ${type}`);
        assert.ok(!signatureIsValid(other, request, signature), `${algorithm} ${type}: another key`);
        for (const at of [0, signature.length >> 1, signature.length - 1]) {
          const changed: Uint8Array = Uint8Array.from(signature);
          changed[at] = (changed[at] ?? 0) ^ 1;
          assert.ok(!signatureIsValid(key, request, changed), `${algorithm} ${type}: byte ${at}`);
        }
        const otherInput = createHash(hash === 'sha256' || hash === 'sha384' ? hash : 'sha512')
          .update('other')
          .digest();
        assert.ok(
          !signatureIsValid(key, { ...request, message: otherInput }, signature),
          `${algorithm}: other message`,
        );
        if (algorithm === 'ED25519_PH_SHA_512') continue;
        const pss = algorithm.startsWith('RSASSA_PSS');
        const options = pss
          ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
          : {};
        const nativeHash = algorithm.startsWith('RSASSA') || algorithm.startsWith('ECDSA') ? hash : null;
        assert.ok(verify(nativeHash, message, { key: publicKey, ...options }, signature), `${algorithm} ${type}: node`);
      }
    }
  });
}

test('PKCS #1 v1.5 digests refuse signatures over anything but the exact DigestInfo', async () => {
  const place = { account: '1', region: 'r', keyId: 'k', spec: 'RSA_2048' } as const;
  const key = openMaterial(seal, place, await generateMaterial(seal, place, randomBytes));
  const digest = createHash('sha256').update(message).digest();
  const signature = signRsaDigest(key.secret, 'RSASSA_PKCS1_V1_5_SHA_256', digest, new Uint8Array());
  assert.ok(verifyRsaDigest(key.verifying, 'RSASSA_PKCS1_V1_5_SHA_256', digest, signature));
  assert.ok(!verifyRsaDigest(key.verifying, 'RSASSA_PKCS1_V1_5_SHA_256', digest, signature.subarray(1)));
  assert.ok(!verifyRsaDigest(key.verifying, 'RSASSA_PSS_SHA_256', digest, signature));
  const unframed = privateEncrypt(key.secret, Buffer.concat([Buffer.alloc(19, 1), digest]));
  assert.ok(
    !verifyRsaDigest(key.verifying, 'RSASSA_PKCS1_V1_5_SHA_256', digest, unframed),
    'the digest alone is not enough',
  );
  assert.equal(publicDecrypt(key.verifying, signature).length, 19 + 32);
});
