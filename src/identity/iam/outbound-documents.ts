import type { Publish } from '#runtime/installation.ts';
import type { Store } from '#store/store.ts';
import { issuerPath, type OutboundIssuerRow, outboundIssuers, signingAlgorithms } from './outbound-issuer.ts';

/** What relying parties read, by path below the issuer (OpenID Connect Discovery 1.0 §3; RFC 7517 for the key set). */
const documents: Readonly<Record<string, (row: OutboundIssuerRow) => object>> = {
  '.well-known/openid-configuration': ({ url }) => ({
    issuer: url,
    jwks_uri: `${url}/.well-known/jwks.json`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: signingAlgorithms,
    claims_supported: ['aud', 'exp', 'iat', 'iss', 'jti', 'sub'],
  }),
  '.well-known/jwks.json': ({ keys }) => ({
    keys: keys.map(({ keyId, algorithm, publicKey }) => ({ ...publicKey, kid: keyId, alg: algorithm, use: 'sig' })),
  }),
};

/** The documents of the accounts that are, or were, issuers of web identity tokens. */
export function issuerDocuments(store: Store): Publish {
  return async (path) => {
    if (!path.startsWith(issuerPath)) return undefined;
    const [issuerId = '', ...rest] = path.slice(issuerPath.length).split('/');
    const name = rest.join('/');
    if (!Object.hasOwn(documents, name)) return undefined;
    const place = { collection: outboundIssuers.name, account: '', region: '' };
    const [found] = await store.scanIndex<OutboundIssuerRow>({
      ...place,
      index: 'by-issuer',
      equals: issuerId,
      limit: 1,
    });
    return found === undefined ? undefined : documents[name]?.(found.value);
  };
}
