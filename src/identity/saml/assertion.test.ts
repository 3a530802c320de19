import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import { certificate, otherKey } from '../certificate-for-tests.ts';
import { type Expected, readResponse } from './assertion.ts';
import { readMetadata } from './metadata.ts';
import {
  assertionText,
  entityId,
  metadata,
  type ResponseParts,
  responseWith,
  signatureOf,
  signedAssertion,
} from './response-for-tests.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const parts: ResponseParts = { now, attributes: { role: ['admin'] } };
const expected: Expected = {
  entityId,
  certificates: readMetadata(metadata)?.certificates ?? [],
  isRecipient: (address) => address === 'https://signin.aws.amazon.com/saml',
  isAudience: (name) => name === 'urn:amazon:webservices',
};
const read = (text: string, at = now) => readResponse(text, expected, at);
const subjectOf = (text: string) => {
  const result = read(text);
  return 'refused' in result ? result.message : result.subject;
};

describe('SAML responses', () => {
  it('are read when the assertion is signed', () => {
    const result = read(responseWith(signedAssertion(parts)));
    assert.ok(!('refused' in result), JSON.stringify(result));
    assert.deepEqual(
      [result.issuer, result.subject, result.subjectType, result.recipient, [...result.attributes]],
      [entityId, 'ann', 'persistent', 'https://signin.aws.amazon.com/saml', [['role', ['admin']]]],
    );
  });

  it('are read when the response is signed, or both are', () => {
    for (const assertion of [assertionText(parts), signedAssertion(parts)]) {
      const text = responseWith(assertion);
      // What the signature of the assertion declares twice stands once in the canonical form.
      const canonical = text.replace(/<ds:SignedInfo xmlns:ds="[^"]*">/, '<ds:SignedInfo>');
      const signed = text.replace('<samlp:Status>', `${signatureOf(canonical, '_r1')}<samlp:Status>`);
      assert.equal(subjectOf(signed), 'ann');
      assert.equal(subjectOf(signed.replace('>admin<', '>root<')), 'Response signature invalid');
    }
  });

  it('may be laid out anew around the assertion, not inside it', () => {
    const signed = signedAssertion(parts);
    assert.equal(subjectOf(`<?xml version="1.0"?>\n${responseWith(`\n  ${signed}\n`)}`), 'ann');
    assert.equal(
      subjectOf(responseWith(signed.replace('<saml:Subject>', '\n<saml:Subject>'))),
      'Response signature invalid',
    );
  });

  const evil = assertionText({ ...parts, subject: 'root' }, '_evil');
  const good = signedAssertion(parts);
  const forged: readonly (readonly [what: string, text: string])[] = [
    ['nothing signed', responseWith(assertionText(parts))],
    ['a changed subject', responseWith(good.replace('>ann<', '>root<'))],
    [
      'a comment in the subject that hides a part of it from the signature',
      responseWith(good.replace('>ann<', '>root<!---->ann<')),
    ],
    ['another key', responseWith(signedAssertion({ ...parts, key: otherKey }))],
    ['two assertions, the first not signed', responseWith(evil + good)],
    ['two assertions, the second not signed', responseWith(good + evil)],
    [
      'the signed assertion wrapped into another',
      responseWith(evil.replace('</saml:Assertion>', `${good}</saml:Assertion>`)),
    ],
    ['the signed assertion hidden beside one that borrows its signature', responseWith(borrowed())],
    ['the signed assertion inside of the signature of another', responseWith(inside())],
    ['the same id twice', responseWith(`${good}<samlp:Extensions ID="_a1"></samlp:Extensions>`)],
    [
      'a bad signature around a good one',
      responseWith(good).replace('<samlp:Status>', `${signatureOf('other', '_r1')}<samlp:Status>`),
    ],
    [
      'a reference to something else',
      responseWith(
        assertionText(parts).replace('</saml:Issuer>', `</saml:Issuer>${signatureOf(assertionText(parts), '_other')}`),
      ),
    ],
    [
      'two signatures',
      responseWith(good.replace('</saml:Issuer>', `</saml:Issuer>${signatureOf(assertionText(parts), '_a1')}`)),
    ],
  ];
  for (const [what, text] of forged) {
    it(`are refused with ${what}`, () => {
      const result = read(text);
      assert.ok('refused' in result && result.refused === 'invalid', JSON.stringify(result));
    });
  }

  /** An evil assertion with the signature of the good one, which lies in an extension. */
  function borrowed(): string {
    const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(good)?.[0] ?? '';
    const wrapper = evil.replace('</saml:Issuer>', `</saml:Issuer>${signature}`);
    return `<samlp:Extensions>${assertionText(parts)}</samlp:Extensions>${wrapper}`;
  }

  /** An evil assertion whose signature carries the good assertion as an object. */
  function inside(): string {
    const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(good)?.[0] ?? '';
    const carrying = signature.replace(
      '</ds:Signature>',
      `<ds:Object>${assertionText(parts)}</ds:Object></ds:Signature>`,
    );
    return evil.replace('</saml:Issuer>', `</saml:Issuer>${carrying}`);
  }

  const unfit: readonly (readonly [what: string, more: Partial<ResponseParts>, refused: string])[] = [
    ['another issuer', { issuer: 'https://other.example' }, 'invalid'],
    ['another audience', { audience: 'urn:other' }, 'rejected'],
    ['another recipient', { recipient: 'https://other.example/saml' }, 'invalid'],
    ['an end in the past', { expires: -1 }, 'expired'],
    ['an issue too long ago', { issued: -5 * 60_000 - 1 }, 'expired'],
    ['an issue in the future', { issued: 120_000 }, 'invalid'],
  ];
  for (const [what, more, refused] of unfit) {
    it(`are refused with ${what}`, () => {
      const result = read(responseWith(signedAssertion({ ...parts, ...more })));
      assert.equal('refused' in result && result.refused, refused, JSON.stringify(result));
    });
  }

  it('are refused when they are no success, or no response', () => {
    const failed = read(responseWith(signedAssertion(parts), { status: 'Requester' }));
    assert.equal('refused' in failed && failed.refused, 'rejected');
    for (const text of ['', '<a/>', signedAssertion(parts)]) assert.ok('refused' in read(text));
  });
});

describe('SAML metadata', () => {
  it('gives issuer, end and signing certificates', () => {
    const read = readMetadata(metadata.replace('entityID', 'validUntil="2035-04-14T10:52:51.776Z" entityID'));
    assert.equal(read?.entityId, entityId);
    assert.equal(read?.validUntil, Date.parse('2035-04-14T10:52:51.776Z'));
    assert.deepEqual(
      read?.certificates.map((pem) => pem.trim()),
      [certificate],
    );
  });

  const refused: readonly (readonly [string, string])[] = [
    ['no XML', 'metadata'],
    ['a document type', metadata.replace('<md:Entity', '<!DOCTYPE x><md:Entity')],
    ['no issuer', metadata.replace(/entityID="[^"]*"/, '')],
    ['keys for encryption alone', metadata.replace('use="signing"', 'use="encryption"')],
    ['a certificate that is none', metadata.replace(/<ds:X509Certificate>[^<]*/, '<ds:X509Certificate>AAAA')],
    ['an end that is no time', metadata.replace('entityID', 'validUntil="soon" entityID')],
  ];
  for (const [what, text] of refused) {
    it(`is refused with ${what}`, () => assert.equal(readMetadata(text), undefined));
  }
});
