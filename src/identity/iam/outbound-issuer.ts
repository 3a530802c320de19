import { createHash, generateKeyPair, type KeyObject, type webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import { collection } from '#runtime/collection.ts';

/** How tokens may be signed (STS API reference, GetWebIdentityToken). */
export const signingAlgorithms = ['RS256', 'ES384'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** A key that signs tokens of an account. The private half exists in this record alone. */
export type IssuerKey = {
  readonly keyId: string;
  readonly algorithm: SigningAlgorithm;
  /** PKCS #8, PEM. */
  readonly privateKey: string;
  readonly publicKey: webcrypto.JsonWebKey;
};

/** An account as an issuer of web identity tokens. It stays when the feature is disabled: tokens issued before go on being valid. */
export type OutboundIssuerRow = {
  readonly accountId: string;
  readonly issuerId: string;
  /** Where its documents lie, and the `iss` of its tokens. */
  readonly url: string;
  readonly enabled: boolean;
  readonly createDate: number;
  readonly keys: readonly IssuerKey[];
};

/** Id: account id. */
export const outboundIssuers = collection<OutboundIssuerRow>('iam/outbound-issuer', 'installation', {
  'by-issuer': (row) => [row.issuerId],
});

/** Path of an issuer's documents on the server that serves the API. */
export const issuerPath = '/_ringwall/oidc/';

const generate = promisify(generateKeyPair);

/** One new key for each algorithm. Made off the event loop: an RSA key takes a noticeable time. */
export async function newIssuerKeys(): Promise<readonly IssuerKey[]> {
  const [rsa, ec] = await Promise.all([
    generate('rsa', { modulusLength: 2_048 }),
    generate('ec', { namedCurve: 'P-384' }),
  ]);
  return [keyOf('RS256', rsa), keyOf('ES384', ec)];
}

function keyOf(
  algorithm: SigningAlgorithm,
  { publicKey, privateKey }: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
): IssuerKey {
  const jwk = publicKey.export({ format: 'jwk' });
  return {
    keyId: thumbprint(jwk),
    algorithm,
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicKey: jwk,
  };
}

/** RFC 7638: the digest of the key's required members, in the order of their names. */
function thumbprint({ crv, e, kty, n, x, y }: webcrypto.JsonWebKey): string {
  return createHash('sha256').update(JSON.stringify({ crv, e, kty, n, x, y })).digest('base64url');
}
