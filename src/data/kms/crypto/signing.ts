import type { KeySpec, SigningAlgorithm } from '../engine/key-specs.ts';
import { curves, isCurveSpec } from './curves.ts';
import { signEcdsa, verifyEcdsa } from './ecc.ts';
import { signDigest, verifyDigest } from './ecdsa-digest.ts';
import { signEd25519, verifyEd25519 } from './ed25519.ts';
import { signEd25519ph, verifyEd25519ph } from './ed25519ph.ts';
import type { UsableKey } from './material.ts';
import { isMlDsaSpec, signMlDsa, verifyMlDsa } from './ml-dsa.ts';
import type { RandomBytes } from './random.ts';
import { signRsa, signRsaDigest, verifyRsa, verifyRsaDigest } from './rsa.ts';

/** What is signed. The engine has checked that spec, algorithm, type and length fit together; EXTERNAL_MU never comes here. */
export type SigningRequest = {
  readonly spec: KeySpec;
  readonly algorithm: SigningAlgorithm;
  readonly type: 'RAW' | 'DIGEST';
  readonly message: Uint8Array;
};

/** @returns undefined for a digest that ECDSA cannot sign (zero modulo the group order) */
export async function signMessage(
  key: UsableKey,
  { spec, algorithm, type, message }: SigningRequest,
  random: RandomBytes,
): Promise<Uint8Array | undefined> {
  if (isCurveSpec(spec)) {
    const curve = curves[spec];
    return type === 'RAW' ? signEcdsa(key.secret, curve, message) : signDigest(key.secret, curve, message);
  }
  if (isMlDsaSpec(spec)) return signMlDsa(key.secret, message);
  if (spec === 'ECC_NIST_EDWARDS25519') {
    return type === 'RAW' ? signEd25519(key.secret, message) : signEd25519ph(key.secret, message, random);
  }
  if (type === 'RAW') return signRsa(key.secret, algorithm, message);
  return signRsaDigest(key.secret, algorithm, message, random(message.length));
}

export function signatureIsValid(
  key: UsableKey,
  { spec, algorithm, type, message }: SigningRequest,
  signature: Uint8Array,
): boolean {
  if (isCurveSpec(spec)) {
    const curve = curves[spec];
    return type === 'RAW'
      ? verifyEcdsa(key.verifying, curve, message, signature)
      : verifyDigest(key.verifying, curve, message, signature);
  }
  if (isMlDsaSpec(spec)) return verifyMlDsa(key.verifying, message, signature);
  if (spec === 'ECC_NIST_EDWARDS25519') {
    return type === 'RAW'
      ? verifyEd25519(key.verifying, message, signature)
      : verifyEd25519ph(key.verifying, message, signature);
  }
  return type === 'RAW'
    ? verifyRsa(key.verifying, algorithm, message, signature)
    : verifyRsaDigest(key.verifying, algorithm, message, signature);
}
