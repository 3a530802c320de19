import { strict as assert } from 'node:assert';
import { constants, createCipheriv, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { memorySeal } from '#store/seal/kinds/memory.ts';
import { isKeySpec, type KeySpec, keySpecs, specFacts } from '../engine/key-specs.ts';
import { unwrapImported, wrappingAlgorithms } from './import-wrapping.ts';
import { generateMaterial, generatePair, importMaterial, openMaterial, resealMaterial } from './material.ts';
import { MaterialCache } from './material-cache.ts';
import { decryptOaep, encryptOaep } from './rsa.ts';

const seal = memorySeal();
const place = (spec: KeySpec, keyId = 'k1') => ({ account: '111122223333', region: 'eu-west-1', keyId, spec });

test('material opens in its own place only', async () => {
  const at = place('SYMMETRIC_DEFAULT');
  const material = await generateMaterial(seal, at, randomBytes);
  assert.match(material.id, /^[0-9a-f]{64}$/);
  assert.equal(openMaterial(seal, at, material).secret.symmetricKeySize, 32);
  const others = [
    { ...at, keyId: 'k2' },
    { ...at, account: '999999999999' },
    { ...at, region: 'us-east-1' },
    { ...at, spec: 'HMAC_256' as const },
  ];
  for (const other of others) assert.throws(() => openMaterial(seal, other, material));
  assert.throws(() => openMaterial(seal, at, { ...material, id: 'f'.repeat(64) }));
  assert.throws(() => openMaterial(memorySeal(), at, material));
});

test('resealed material opens in the other Region, as the same key', async () => {
  const from = place('SYMMETRIC_DEFAULT', 'mrk-1');
  const to = { ...from, region: 'us-east-1' };
  const material = await generateMaterial(seal, from, randomBytes);
  const copy = resealMaterial(seal, from, to, material);
  assert.ok(openMaterial(seal, to, copy).secret.equals(openMaterial(seal, from, material).secret));
  assert.throws(() => openMaterial(seal, from, copy));
});

test('imported material keeps its id, and depends on the key', () => {
  const bytes = randomBytes(32);
  const again = (keyId: string) => importMaterial(seal, place('SYMMETRIC_DEFAULT', keyId), Buffer.from(bytes))?.id;
  assert.equal(again('k1'), again('k1'));
  assert.notEqual(again('k1'), again('k2'));
});

test('import sizes', () => {
  const accepts = (spec: KeySpec, size: number) => importMaterial(seal, place(spec), randomBytes(size)) !== undefined;
  assert.deepEqual(
    [31, 32, 33].map((size) => accepts('SYMMETRIC_DEFAULT', size)),
    [false, true, false],
  );
  assert.deepEqual(
    [27, 28, 128, 129].map((size) => accepts('HMAC_224', size)),
    [false, true, true, false],
  );
  assert.deepEqual(
    [63, 64, 128, 129].map((size) => accepts('HMAC_512', size)),
    [false, true, true, false],
  );
});

const pairSpecs = Object.keys(keySpecs).filter(
  (name): name is KeySpec => isKeySpec(name) && specFacts(name).dataKeyPair,
);

test('key pairs are imported as the spec they are, and as no other', async () => {
  const pairs = await Promise.all(
    pairSpecs.map(async (spec) => [spec, (await generatePair(spec)).privateKey] as const),
  );
  for (const [spec, der] of pairs) {
    for (const asked of pairSpecs) {
      const material = importMaterial(seal, place(asked), Buffer.from(der));
      assert.equal(material !== undefined, spec === asked, `${spec} as ${asked}`);
    }
  }
  assert.equal(importMaterial(seal, place('RSA_2048'), randomBytes(100)), undefined);
});

test('a pair whose halves do not belong together is refused', () => {
  const [a, b] = [0, 1].map(() =>
    generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ format: 'der', type: 'pkcs8' }),
  );
  assert.ok(a && b);
  assert.equal(
    importMaterial(seal, place('ECC_NIST_P256'), Buffer.concat([a.subarray(0, -64), b.subarray(-64)])),
    undefined,
  );
});

test('each wrapping algorithm unwraps what a client wrapped', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const oaep = (hash: string, bytes: Uint8Array) =>
    publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }, bytes);
  fc.assert(
    fc.property(
      fc.constantFrom(...wrappingAlgorithms),
      fc.uint8Array({ minLength: 16, maxLength: 128 }),
      (algorithm, secret) => {
        const hash = algorithm.endsWith('SHA_1') ? 'sha1' : 'sha256';
        let wrapped: Buffer;
        if (algorithm.startsWith('RSA_AES')) {
          const aes = randomBytes(32);
          const wrap = createCipheriv('id-aes256-wrap-pad', aes, Buffer.from('a65959a6', 'hex'));
          wrapped = Buffer.concat([oaep(hash, aes), wrap.update(secret), wrap.final()]);
        } else {
          wrapped = oaep(hash, secret);
        }
        assert.deepEqual(Buffer.from(unwrapImported(privateKey, algorithm, wrapped) ?? []), Buffer.from(secret));
        for (const other of wrappingAlgorithms) {
          if (other !== algorithm) assert.equal(unwrapImported(privateKey, other, wrapped), undefined);
        }
        wrapped[wrapped.length - 1] = (wrapped.at(-1) ?? 0) ^ 1;
        assert.equal(unwrapImported(privateKey, algorithm, wrapped), undefined);
      },
    ),
    // The example: an OAEP secret as long as an AES key, with nothing behind it.
    { numRuns: 24, examples: [['RSAES_OAEP_SHA_1', new Uint8Array(32)]] },
  );
});

for (const spec of ['RSA_2048', 'RSA_3072', 'RSA_4096'] as const) {
  test(`${spec}: OAEP round trip, tampering refused`, async () => {
    const key = openMaterial(seal, place(spec), await generateMaterial(seal, place(spec), randomBytes));
    for (const algorithm of ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const) {
      const ciphertext = Buffer.from(encryptOaep(key.verifying, algorithm, Buffer.from('secret')));
      assert.equal(Buffer.from(decryptOaep(key.secret, algorithm, ciphertext) ?? []).toString(), 'secret');
      const other = algorithm === 'RSAES_OAEP_SHA_1' ? 'RSAES_OAEP_SHA_256' : 'RSAES_OAEP_SHA_1';
      assert.equal(decryptOaep(key.secret, other, ciphertext), undefined);
      ciphertext[9] = (ciphertext[9] ?? 0) ^ 1;
      assert.equal(decryptOaep(key.secret, algorithm, ciphertext), undefined);
    }
  });
}

test('the cache is bounded, forgets on demand, and never mixes up sealed bytes', async () => {
  const cache = new MaterialCache(2);
  const materials = await Promise.all(
    ['k1', 'k2', 'k3'].map((id) => generateMaterial(seal, place('SYMMETRIC_DEFAULT', id), randomBytes)),
  );
  const [one, two, three] = materials;
  assert.ok(one && two && three);
  const open = (id: string, material: typeof one) => cache.open(seal, place('SYMMETRIC_DEFAULT', id), material);
  const first = open('k1', one);
  assert.equal(open('k1', one), first, 'cached');
  open('k2', two);
  open('k1', one);
  open('k3', three);
  assert.equal(cache.size, 2);
  assert.equal(open('k1', one), first, 'k2 was the oldest');
  const renewed = resealMaterial(seal, place('SYMMETRIC_DEFAULT'), place('SYMMETRIC_DEFAULT'), one);
  assert.notEqual(open('k1', renewed), first, 'other sealed bytes are opened anew');
  cache.drop({ account: '111122223333', region: 'eu-west-1', keyId: 'k1' });
  assert.equal(cache.size, 1);
});
