import {
  constants,
  generateKeyPair,
  type KeyObject,
  privateDecrypt,
  privateEncrypt,
  publicDecrypt,
  publicEncrypt,
  sign,
  verify,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { EncryptionAlgorithm, SigningAlgorithm } from '../engine/key-specs.ts';
import { encodePss, pssMatches } from './pss.ts';

const generate = promisify(generateKeyPair);
const signAsync = promisify(sign);

export type OaepAlgorithm = Exclude<EncryptionAlgorithm, 'SYMMETRIC_DEFAULT'>;

/** An RSA key pair with e = 65537, made on the thread pool (RSA_4096 takes about 0.3 s of CPU on average). */
export async function generateRsa(bits: number): Promise<KeyObject> {
  return (await generate('rsa', { modulusLength: bits, publicExponent: 0x10001 })).privateKey;
}

/** RSAES-OAEP (RFC 8017 §7.1) with MGF1 and label of the same hash. The caller has checked the size. */
export function encryptOaep(key: KeyObject, algorithm: OaepAlgorithm, plaintext: Uint8Array): Uint8Array {
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: oaepHash(algorithm) }, plaintext);
}

/** @returns undefined for anything that is not a ciphertext of this key */
export function decryptOaep(key: KeyObject, algorithm: OaepAlgorithm, ciphertext: Uint8Array): Uint8Array | undefined {
  try {
    return privateDecrypt(
      { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: oaepHash(algorithm) },
      ciphertext,
    );
  } catch {
    return undefined;
  }
}

/** Signs a message (hashed here). PSS salts are as long as the hash. */
export function signRsa(key: KeyObject, algorithm: SigningAlgorithm, message: Uint8Array): Promise<Uint8Array> {
  return signAsync(hashOf(algorithm), message, { key, ...scheme(algorithm) });
}

export function verifyRsa(
  key: KeyObject,
  algorithm: SigningAlgorithm,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  return verify(hashOf(algorithm), message, { key, ...scheme(algorithm) }, signature);
}

/** Signs a digest that the caller computed. */
export function signRsaDigest(
  key: KeyObject,
  algorithm: SigningAlgorithm,
  digest: Uint8Array,
  salt: Uint8Array,
): Uint8Array {
  if (isPss(algorithm)) {
    const encoded = encodePss(hashOf(algorithm), digest, salt, modulusBits(key));
    return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded);
  }
  return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digestInfo(algorithm, digest));
}

export function verifyRsaDigest(
  key: KeyObject,
  algorithm: SigningAlgorithm,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (signature.length !== modulusBits(key) / 8) return false;
  try {
    if (isPss(algorithm)) {
      const encoded = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
      return pssMatches(hashOf(algorithm), digest, encoded, modulusBits(key));
    }
    // The whole DigestInfo is compared, so that no lenient ASN.1 reader decides (RFC 8017 §8.2.2, note 2).
    const signed = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
    return signed.equals(digestInfo(algorithm, digest));
  } catch {
    return false;
  }
}

export function modulusBits(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}

function isPss(algorithm: SigningAlgorithm): boolean {
  return algorithm.startsWith('RSASSA_PSS');
}

function scheme(algorithm: SigningAlgorithm): { padding: number; saltLength?: number } {
  return isPss(algorithm)
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { padding: constants.RSA_PKCS1_PADDING };
}

function hashOf(algorithm: SigningAlgorithm): string {
  return `sha${algorithm.slice(-3)}`;
}

function oaepHash(algorithm: OaepAlgorithm): string {
  return algorithm === 'RSAES_OAEP_SHA_1' ? 'sha1' : 'sha256';
}

/** DER prefixes of DigestInfo (RFC 8017 §9.2, note 1). */
const prefixes: Readonly<Record<string, Buffer>> = {
  sha256: Buffer.from('3031300d060960864801650304020105000420', 'hex'),
  sha384: Buffer.from('3041300d060960864801650304020205000430', 'hex'),
  sha512: Buffer.from('3051300d060960864801650304020305000440', 'hex'),
};

function digestInfo(algorithm: SigningAlgorithm, digest: Uint8Array): Buffer {
  return Buffer.concat([prefixes[hashOf(algorithm)] ?? Buffer.alloc(0), digest]);
}
