import { isSigned } from './signature.ts';
import { attributeOf, childOf, childrenOf, readXml, textOf, type XmlElement } from './xml.ts';

const saml = 'urn:oasis:names:tc:SAML:2.0:assertion';
const samlp = 'urn:oasis:names:tc:SAML:2.0:protocol';
const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const success = 'urn:oasis:names:tc:SAML:2.0:status:Success';

/** What a verified assertion says. */
export type Assertion = {
  readonly issuer: string;
  readonly subject: string;
  /** Format of the name id, its last part: `persistent`, `transient`, or the whole URI. */
  readonly subjectType: string;
  readonly recipient: string;
  /** Attribute name → values. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
};

export type AssertionRefusal = { readonly refused: 'invalid' | 'expired' | 'rejected'; readonly message: string };

/** Whom the assertion must come from, and whom it must be for. */
export type Expected = {
  readonly entityId: string;
  readonly certificates: readonly string[];
  /** Where assertions may be sent (`Recipient`). */
  readonly isRecipient: (address: string) => boolean;
  /** Who may be meant (`Audience`). */
  readonly isAudience: (name: string) => boolean;
};

/** A response is to be used soon after it was issued (IAM user guide, "Troubleshooting SAML": five minutes). */
const redeemMs = 5 * 60_000;
/** How far the provider's clock may be ahead. */
const skewMs = 60_000;

/**
 * Reads the response of an identity provider (SAML 2.0 profiles §4.1.4). Either the response or its one assertion must be signed;
 * nothing is read from outside of what is signed.
 *
 * @param text the response's XML
 * @param now ms since the epoch
 */
export function readResponse(text: string, expected: Expected, now: number): Assertion | AssertionRefusal {
  const response = readXml(text);
  if (response === undefined || response.local !== 'Response' || response.namespace !== samlp)
    return invalid('Invalid SAML response');
  const assertion = childOf(response, saml, 'Assertion');
  if (assertion === undefined) return invalid('The response must have exactly one assertion in clear');
  // An assertion that is signed itself must be signed well, whoever signed around it.
  const signedInside = hasSignature(assertion);
  const trusted = signedInside ? isSigned(assertion, expected.certificates) : isSigned(response, expected.certificates);
  if (!trusted || (signedInside && hasSignature(response) && !isSigned(response, expected.certificates))) {
    return invalid('Response signature invalid');
  }
  const status = childOf(response, samlp, 'Status');
  const code = status && childOf(status, samlp, 'StatusCode');
  if (code === undefined || attributeOf(code, 'Value') !== success)
    return { refused: 'rejected', message: 'The response is no success' };
  return read(assertion, expected, now);
}

function hasSignature(element: XmlElement): boolean {
  return element.children.some((child) => typeof child !== 'string' && child.local === 'Signature');
}

function read(assertion: XmlElement, expected: Expected, now: number): Assertion | AssertionRefusal {
  const issuer = textIn(assertion, 'Issuer');
  if (issuer !== expected.entityId) return invalid('Issuer not present in specified provider');
  const issued = timeOf(assertion, 'IssueInstant');
  if (issued === undefined || issued > now + skewMs) return invalid('Invalid IssueInstant');
  if (now - issued > redeemMs)
    return { refused: 'expired', message: 'Token must be redeemed within 5 minutes of issuance' };
  const conditions = checkConditions(assertion, expected, now);
  if (conditions !== undefined) return conditions;
  const subject = childOf(assertion, saml, 'Subject');
  const nameId = subject && childOf(subject, saml, 'NameID');
  if (subject === undefined || nameId === undefined || textOf(nameId).trim() === '') return invalid('Missing subject');
  const recipient = recipientOf(subject, expected, now);
  if (typeof recipient !== 'string') return recipient;
  return {
    issuer,
    subject: textOf(nameId).trim(),
    subjectType: typeOf(attributeOf(nameId, 'Format')),
    recipient,
    attributes: attributesOf(assertion),
  };
}

function checkConditions(assertion: XmlElement, { isAudience }: Expected, now: number): AssertionRefusal | undefined {
  const conditions = childOf(assertion, saml, 'Conditions');
  if (conditions === undefined) return invalid('Missing conditions');
  const from = attributeOf(conditions, 'NotBefore') === undefined ? now : timeOf(conditions, 'NotBefore');
  const until = attributeOf(conditions, 'NotOnOrAfter') === undefined ? now + 1 : timeOf(conditions, 'NotOnOrAfter');
  if (from === undefined || until === undefined || from > now + skewMs) return invalid('Assertion is not valid yet');
  if (until <= now) return { refused: 'expired', message: 'Assertion has expired' };
  const restrictions = childrenOf(conditions, saml, 'AudienceRestriction');
  const isMeant = restrictions.every((restriction) =>
    childrenOf(restriction, saml, 'Audience').some((name) => isAudience(textOf(name).trim())),
  );
  return restrictions.length > 0 && isMeant
    ? undefined
    : { refused: 'rejected', message: 'The assertion is for another audience' };
}

function recipientOf(subject: XmlElement, { isRecipient }: Expected, now: number): string | AssertionRefusal {
  let expired = false;
  for (const confirmation of childrenOf(subject, saml, 'SubjectConfirmation')) {
    const data = childOf(confirmation, saml, 'SubjectConfirmationData');
    if (attributeOf(confirmation, 'Method') !== bearer || data === undefined) continue;
    const recipient = attributeOf(data, 'Recipient');
    const until = timeOf(data, 'NotOnOrAfter');
    if (recipient === undefined || until === undefined || !isRecipient(recipient)) continue;
    // A bearer's confirmation has no beginning (SAML 2.0 profiles §4.1.4.2).
    if (attributeOf(data, 'NotBefore') !== undefined) continue;
    if (until > now) return recipient;
    expired = true;
  }
  return expired
    ? { refused: 'expired', message: 'Assertion has expired' }
    : invalid('Missing or invalid subject confirmation');
}

function attributesOf(assertion: XmlElement): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const statement of childrenOf(assertion, saml, 'AttributeStatement')) {
    for (const attribute of childrenOf(statement, saml, 'Attribute')) {
      const name = attributeOf(attribute, 'Name') ?? '';
      const values = childrenOf(attribute, saml, 'AttributeValue').map((value) => textOf(value).trim());
      found.set(name, [...(found.get(name) ?? []), ...values]);
    }
  }
  return found;
}

function typeOf(format: string | undefined): string {
  const short = /^urn:oasis:names:tc:SAML:2\.0:nameid-format:(persistent|transient)$/.exec(format ?? '')?.[1];
  return short ?? format ?? 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';
}

function textIn(parent: XmlElement, local: string): string | undefined {
  const element = childOf(parent, saml, local);
  return element === undefined ? undefined : textOf(element).trim();
}

/** SAML's times are in UTC. */
function timeOf(element: XmlElement, local: string): number | undefined {
  const text = attributeOf(element, local) ?? '';
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function invalid(message: string): AssertionRefusal {
  return { refused: 'invalid', message };
}
