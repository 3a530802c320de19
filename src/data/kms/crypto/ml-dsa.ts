import { generateKeyPair, type KeyObject, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeySpec } from '../engine/key-specs.ts';

const generate = promisify(generateKeyPair);

export type MlDsaSpec = Extract<KeySpec, 'ML_DSA_44' | 'ML_DSA_65' | 'ML_DSA_87'>;

const types = { ML_DSA_44: 'ml-dsa-44', ML_DSA_65: 'ml-dsa-65', ML_DSA_87: 'ml-dsa-87' } as const;

export function isMlDsaSpec(spec: KeySpec): spec is MlDsaSpec {
  return Object.hasOwn(types, spec);
}

export async function generateMlDsa(spec: MlDsaSpec): Promise<KeyObject> {
  const type: string = types[spec];
  return (await generate(type as 'ml-dsa-44')).privateKey;
}

/**
 * ML-DSA (FIPS 204), hedged, empty context string. The message is taken as it is: node:crypto offers no way in behind the message
 * representative, so `EXTERNAL_MU` is not built.
 */
export function signMlDsa(key: KeyObject, message: Uint8Array): Uint8Array {
  return sign(null, message, key);
}

export function verifyMlDsa(key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  return verify(null, message, key, signature);
}
