import { createHash, timingSafeEqual, verify, X509Certificate } from 'node:crypto';
import { canonicalForm } from './canonical.ts';
import { attributeOf, childOf, childrenOf, textOf, type XmlElement } from './xml.ts';

/** Namespace of XML signatures. */
export const ds = 'http://www.w3.org/2000/09/xmldsig#';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const enveloped = `${ds}enveloped-signature`;

const digests: Readonly<Record<string, string>> = {
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384': 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
};
const methods: Readonly<Record<string, { readonly hash: string; readonly type: 'rsa' | 'ec' }>> = {
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256': { hash: 'sha256', type: 'rsa' },
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384': { hash: 'sha384', type: 'rsa' },
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512': { hash: 'sha512', type: 'rsa' },
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256': { hash: 'sha256', type: 'ec' },
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384': { hash: 'sha384', type: 'ec' },
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512': { hash: 'sha512', type: 'ec' },
};

/** Shortest RSA key that counts, in bits. */
const minRsaBits = 2_048;

/**
 * Whether an element carries a good signature of itself, by one of the certificates.
 *
 * As narrow as SAML asks for (SAML 2.0 core §5.4): the signature is a child of the element, has one reference, and that is the element's
 * own id, which no other element of the document has. Whoever reads on reads the very tree that was checked. Keys in the
 * signature itself are not looked at. SHA-1 is not taken.
 *
 * @param certificates PEM, of the identity provider's metadata
 */
export function isSigned(element: XmlElement, certificates: readonly string[]): boolean {
  const signature = childOf(element, ds, 'Signature');
  const info = signature && childOf(signature, ds, 'SignedInfo');
  const value = signature && childOf(signature, ds, 'SignatureValue');
  const reference = info && childOf(info, ds, 'Reference');
  if (signature === undefined || info === undefined || value === undefined || reference === undefined) return false;
  return (
    refersTo(reference, element) &&
    hasDigest(reference, element, signature) &&
    isSignedBy(info, textOf(value), certificates)
  );
}

function refersTo(reference: XmlElement, element: XmlElement): boolean {
  const id = attributeOf(element, 'ID');
  if (id === undefined || id === '' || attributeOf(reference, 'URI') !== `#${id}`) return false;
  let root = element;
  while (root.parent !== undefined) root = root.parent;
  return idsIn(root).filter((other) => other === id).length === 1;
}

function idsIn(element: XmlElement): readonly string[] {
  const own = element.attributes.filter(({ local }) => /^id$/i.test(local)).map(({ value }) => value);
  return [...own, ...element.children.flatMap((child) => (typeof child === 'string' ? [] : idsIn(child)))];
}

function hasDigest(reference: XmlElement, element: XmlElement, signature: XmlElement): boolean {
  const transforms = childOf(reference, ds, 'Transforms');
  const [first, second, ...more] = transforms === undefined ? [] : childrenOf(transforms, ds, 'Transform');
  if (first === undefined || more.length > 0 || attributeOf(first, 'Algorithm') !== enveloped) return false;
  if (second === undefined || attributeOf(second, 'Algorithm') !== exclusive) return false;
  const hash = algorithmOf(reference, 'DigestMethod', digests);
  const given = childOf(reference, ds, 'DigestValue');
  if (hash === undefined || given === undefined) return false;
  const expected = createHash(hash)
    .update(canonicalForm(element, signature, prefixesOf(second)))
    .digest();
  const actual = Buffer.from(textOf(given).replace(/\s/g, ''), 'base64');
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function isSignedBy(info: XmlElement, value: string, certificates: readonly string[]): boolean {
  const canonicalization = childOf(info, ds, 'CanonicalizationMethod');
  const method = algorithmOf(info, 'SignatureMethod', methods);
  if (
    canonicalization === undefined ||
    attributeOf(canonicalization, 'Algorithm') !== exclusive ||
    method === undefined
  )
    return false;
  const signed = Buffer.from(canonicalForm(info, undefined, prefixesOf(canonicalization)));
  const bytes = Buffer.from(value.replace(/\s/g, ''), 'base64');
  return certificates.some((pem) => {
    const key = new X509Certificate(pem).publicKey;
    if (key.asymmetricKeyType !== method.type) return false;
    if (method.type === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < minRsaBits) return false;
    return verify(method.hash, signed, { key, dsaEncoding: 'ieee-p1363' }, bytes);
  });
}

function algorithmOf<T>(parent: XmlElement, local: string, known: Readonly<Record<string, T>>): T | undefined {
  const element = childOf(parent, ds, local);
  const name = element === undefined ? undefined : attributeOf(element, 'Algorithm');
  return name !== undefined && Object.hasOwn(known, name) ? known[name] : undefined;
}

function prefixesOf(method: XmlElement): ReadonlySet<string> {
  const list = childOf(method, exclusive, 'InclusiveNamespaces');
  const text = list === undefined ? '' : (attributeOf(list, 'PrefixList') ?? '');
  return new Set(text.split(' ').filter((prefix) => prefix !== ''));
}
