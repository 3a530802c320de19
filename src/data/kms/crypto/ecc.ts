import { createPublicKey, diffieHellman, generateKeyPair, type KeyObject, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import type { Curve } from './curves.ts';

const generate = promisify(generateKeyPair);

export async function generateEcc(curve: Curve): Promise<KeyObject> {
  return (await generate('ec', { namedCurve: curve.openssl })).privateKey;
}

/** ECDSA (FIPS 186-5) over a message, hashed here. Signatures are DER, as AWS gives them. */
export function signEcdsa(key: KeyObject, curve: Curve, message: Uint8Array): Uint8Array {
  return sign(curve.hash, message, key);
}

export function verifyEcdsa(key: KeyObject, curve: Curve, message: Uint8Array, signature: Uint8Array): boolean {
  return verify(curve.hash, message, key, signature);
}

/**
 * The raw ECDH secret: the x-coordinate, as long as a coordinate of the curve.
 *
 * @param peer SubjectPublicKeyInfo (DER)
 * @returns undefined when the peer's key is no point of the same curve
 */
export function deriveSecret(key: KeyObject, curve: Curve, peer: Uint8Array): Uint8Array | undefined {
  try {
    const publicKey = createPublicKey({ key: Buffer.from(peer), format: 'der', type: 'spki' });
    if (publicKey.asymmetricKeyType !== 'ec' || publicKey.asymmetricKeyDetails?.namedCurve !== curve.openssl)
      return undefined;
    return diffieHellman({ privateKey: key, publicKey });
  } catch {
    return undefined;
  }
}
