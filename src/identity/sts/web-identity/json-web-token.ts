import { createPublicKey, type KeyObject, verify, type webcrypto } from 'node:crypto';

/** A token taken apart; nothing about it is proven yet. */
export type JsonWebToken = {
  readonly algorithm: string;
  readonly keyId: string | undefined;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signedText: string;
  readonly signature: Uint8Array;
};

/** A key as an issuer publishes it (RFC 7517). */
export type PublishedKey = webcrypto.JsonWebKey & {
  readonly kid?: string;
  readonly use?: string;
  readonly alg?: string;
};

type Algorithm = { readonly hash: string } & (
  | { readonly type: 'rsa' }
  | { readonly type: 'ec'; readonly curve: string; readonly signatureLength: number }
);

/** What AWS takes from issuers. No `none`, and nothing symmetric: a published key must never verify as a secret. */
const algorithms: Readonly<Record<string, Algorithm>> = {
  RS256: { type: 'rsa', hash: 'sha256' },
  RS384: { type: 'rsa', hash: 'sha384' },
  RS512: { type: 'rsa', hash: 'sha512' },
  ES256: { type: 'ec', hash: 'sha256', curve: 'prime256v1', signatureLength: 64 },
  ES384: { type: 'ec', hash: 'sha384', curve: 'secp384r1', signatureLength: 96 },
  ES512: { type: 'ec', hash: 'sha512', curve: 'secp521r1', signatureLength: 132 },
};

/** Shortest RSA key that counts, in bits. */
const minRsaBits = 2_048;

/** Reads a compact JWS (RFC 7515 §3.1). @returns undefined when it is no token that could be verified */
export function parseToken(text: string): JsonWebToken | undefined {
  const parts = text.split('.');
  const [head = '', body = '', tail = ''] = parts;
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part))) return undefined;
  const header = objectIn(head);
  const claims = objectIn(body);
  if (header === undefined || claims === undefined) return undefined;
  const { alg, kid, crit } = header;
  // `crit` names extensions that must be understood (RFC 7515 §4.1.11); none is.
  if (typeof alg !== 'string' || !Object.hasOwn(algorithms, alg) || crit !== undefined) return undefined;
  if (kid !== undefined && typeof kid !== 'string') return undefined;
  return {
    algorithm: alg,
    keyId: kid,
    claims,
    signedText: `${head}.${body}`,
    signature: Buffer.from(tail, 'base64url'),
  };
}

/** Whether the key signed the token. A key of another type, curve or use than the algorithm asks for did not. */
export function isSignedBy(token: JsonWebToken, published: PublishedKey): boolean {
  const algorithm = algorithms[token.algorithm];
  if (algorithm === undefined || (published.use !== undefined && published.use !== 'sig')) return false;
  if (published.alg !== undefined && published.alg !== token.algorithm) return false;
  const key = publicKey(published);
  if (key === undefined || key.asymmetricKeyType !== algorithm.type) return false;
  if (algorithm.type === 'rsa') {
    if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < minRsaBits) return false;
    return verify(algorithm.hash, Buffer.from(token.signedText), key, token.signature);
  }
  if (key.asymmetricKeyDetails?.namedCurve !== algorithm.curve) return false;
  if (token.signature.length !== algorithm.signatureLength) return false;
  return verify(algorithm.hash, Buffer.from(token.signedText), { key, dsaEncoding: 'ieee-p1363' }, token.signature);
}

function publicKey(published: PublishedKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: published, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function objectIn(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
