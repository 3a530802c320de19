import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Seal } from '#store/seal.ts';
import { type KeySpec, specFacts } from '../engine/key-specs.ts';
import { curves, isCurveSpec } from './curves.ts';
import { generateEcc } from './ecc.ts';
import { generateEd25519 } from './ed25519.ts';
import { generateMlDsa, isMlDsaSpec } from './ml-dsa.ts';
import type { RandomBytes } from './random.ts';
import { generateRsa, modulusBits } from './rsa.ts';

/** Key material at rest: sealed bytes only. This is all that leaves this folder. */
export type KeyMaterial = {
  /** 64 lower-case hexadecimal digits. */
  readonly id: string;
  /** Output of the seal, base64. */
  readonly sealed: string;
  /** SubjectPublicKeyInfo (DER), base64; asymmetric keys only. */
  readonly publicKey?: string | undefined;
};

/** Whose material it is: bound into the seal, so that it opens in its own place only. */
export type MaterialPlace = {
  readonly account: string;
  readonly region: string;
  readonly keyId: string;
  readonly spec: KeySpec;
};

/** Unsealed material, in OpenSSL's memory. For symmetric and HMAC keys `verifying` is the same object. */
export type UsableKey = { readonly secret: KeyObject; readonly verifying: KeyObject };

/** New material: random bytes, or a key pair made on the thread pool. */
export async function generateMaterial(seal: Seal, place: MaterialPlace, random: RandomBytes): Promise<KeyMaterial> {
  const id = Buffer.from(random(32)).toString('hex');
  const { secret, publicKey } = await newSecret(place.spec, random);
  return sealed(seal, place, id, secret, publicKey);
}

/** A key pair for GenerateDataKeyPair: PKCS #8 and SubjectPublicKeyInfo, both DER. */
export async function generatePair(
  spec: KeySpec,
): Promise<{ readonly privateKey: Buffer; readonly publicKey: Buffer }> {
  const key = await newKeyPair(spec);
  return { privateKey: key.export({ format: 'der', type: 'pkcs8' }), publicKey: publicDer(key) };
}

/**
 * Material brought by a client: raw bytes for symmetric and HMAC keys, PKCS #8 (DER) for key pairs. Its id follows from key id and
 * material, under a key of the seal, so that the same material is recognised when it comes again (and in every related Region).
 *
 * @returns undefined when it is no material of this spec
 */
export function importMaterial(seal: Seal, place: MaterialPlace, bytes: Uint8Array): KeyMaterial | undefined {
  const facts = specFacts(place.spec);
  const id = Buffer.from(seal.mac(bytes, `kms/material-id|${place.account}|${place.keyId}`)).toString('hex');
  if (facts.family === 'symmetric') return bytes.length === 32 ? sealed(seal, place, id, bytes) : undefined;
  if (facts.importBytes !== undefined) {
    const [min, max] = facts.importBytes;
    return bytes.length >= min && bytes.length <= max ? sealed(seal, place, id, bytes) : undefined;
  }
  const key = readPrivateKey(place.spec, bytes);
  return key === undefined
    ? undefined
    : sealed(seal, place, id, key.export({ format: 'der', type: 'pkcs8' }), publicDer(key));
}

/** @throws TamperedError when the sealed bytes are not this key's */
export function openMaterial(seal: Seal, place: MaterialPlace, material: KeyMaterial): UsableKey {
  const bytes = viewOf(seal.open(Buffer.from(material.sealed, 'base64'), contextOf(place, material.id)));
  try {
    if (material.publicKey === undefined) {
      const secret = createSecretKey(bytes);
      return { secret, verifying: secret };
    }
    const secret = createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' });
    return { secret, verifying: createPublicKey(secret) };
  } finally {
    bytes.fill(0);
  }
}

/** The same material sealed for a related key in another Region. */
export function resealMaterial(seal: Seal, from: MaterialPlace, to: MaterialPlace, material: KeyMaterial): KeyMaterial {
  const bytes = seal.open(Buffer.from(material.sealed, 'base64'), contextOf(from, material.id));
  const copy = Buffer.from(seal.seal(bytes, contextOf(to, material.id))).toString('base64');
  bytes.fill(0);
  return { ...material, sealed: copy };
}

function sealed(seal: Seal, place: MaterialPlace, id: string, secret: Uint8Array, publicKey?: Buffer): KeyMaterial {
  const bytes = Buffer.from(seal.seal(secret, contextOf(place, id))).toString('base64');
  secret.fill(0);
  return { id, sealed: bytes, ...(publicKey === undefined ? {} : { publicKey: publicKey.toString('base64') }) };
}

function contextOf({ account, region, keyId, spec }: MaterialPlace, id: string): string {
  return `kms/material|${account}|${region}|${keyId}|${spec}|${id}`;
}

async function newSecret(
  spec: KeySpec,
  random: RandomBytes,
): Promise<{ readonly secret: Uint8Array; readonly publicKey?: Buffer }> {
  const { family, bits } = specFacts(spec);
  if (family === 'symmetric' || family === 'hmac') return { secret: random(bits / 8) };
  const key = await newKeyPair(spec);
  return { secret: key.export({ format: 'der', type: 'pkcs8' }), publicKey: publicDer(key) };
}

function newKeyPair(spec: KeySpec): Promise<KeyObject> {
  if (isCurveSpec(spec)) return generateEcc(curves[spec]);
  if (isMlDsaSpec(spec)) return generateMlDsa(spec);
  if (spec === 'ECC_NIST_EDWARDS25519') return generateEd25519();
  return generateRsa(specFacts(spec).bits);
}

function readPrivateKey(spec: KeySpec, bytes: Uint8Array): KeyObject | undefined {
  try {
    const key = createPrivateKey({ key: viewOf(bytes), format: 'der', type: 'pkcs8' });
    return isOfSpec(key, spec) && isConsistent(key) ? key : undefined;
  } catch {
    return undefined;
  }
}

/** OpenSSL takes a pair as it is encoded: a public half that belongs to another private one shows only in use. */
function isConsistent(key: KeyObject): boolean {
  const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const message = Buffer.from('pairwise consistency');
  return verify(hash, message, createPublicKey(key), sign(hash, message, key));
}

function isOfSpec(key: KeyObject, spec: KeySpec): boolean {
  if (isCurveSpec(spec)) return key.asymmetricKeyDetails?.namedCurve === curves[spec].openssl;
  if (spec === 'ECC_NIST_EDWARDS25519') return key.asymmetricKeyType === 'ed25519';
  return key.asymmetricKeyType === 'rsa' && modulusBits(key) === specFacts(spec).bits;
}

/** A Buffer over the same memory: zeroing it leaves no copy behind. */
function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function publicDer(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' });
}
