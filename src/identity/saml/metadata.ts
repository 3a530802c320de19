import { X509Certificate } from 'node:crypto';
import { attributeOf, childrenOf, readXml, textOf, type XmlElement } from './xml.ts';

const md = 'urn:oasis:names:tc:SAML:2.0:metadata';
const ds = 'http://www.w3.org/2000/09/xmldsig#';

/** What an identity provider says of itself (SAML 2.0 metadata §2). */
export type IdentityProviderMetadata = {
  readonly entityId: string;
  /** Ms since the epoch; undefined when the document does not end. */
  readonly validUntil: number | undefined;
  /** Certificates of the keys that sign, PEM. */
  readonly certificates: readonly string[];
};

/** @returns undefined for what is no metadata of an identity provider with at least one signing certificate */
export function readMetadata(text: string): IdentityProviderMetadata | undefined {
  const root = readXml(text);
  if (root === undefined || root.local !== 'EntityDescriptor' || root.namespace !== md) return undefined;
  const entityId = attributeOf(root, 'entityID');
  const descriptors = childrenOf(root, md, 'IDPSSODescriptor');
  const certificates = descriptors.flatMap(signingCertificates);
  if (entityId === undefined || entityId === '' || certificates.length === 0 || certificates.includes(undefined))
    return undefined;
  const ends = attributeOf(root, 'validUntil');
  const validUntil = ends === undefined ? undefined : Date.parse(ends);
  if (Number.isNaN(validUntil)) return undefined;
  return { entityId, validUntil, certificates: certificates.filter((pem) => pem !== undefined) };
}

/** A descriptor without `use` serves every purpose. undefined stands for a certificate that cannot be read. */
function signingCertificates(descriptor: XmlElement): readonly (string | undefined)[] {
  return childrenOf(descriptor, md, 'KeyDescriptor')
    .filter((key) => (attributeOf(key, 'use') ?? 'signing') === 'signing')
    .flatMap((key) => childrenOf(key, ds, 'KeyInfo'))
    .flatMap((info) => childrenOf(info, ds, 'X509Data'))
    .flatMap((data) => childrenOf(data, ds, 'X509Certificate'))
    .map((certificate) => pemOf(textOf(certificate)));
}

function pemOf(base64: string): string | undefined {
  try {
    return new X509Certificate(Buffer.from(base64.replace(/\s/g, ''), 'base64')).toString();
  } catch {
    return undefined;
  }
}
