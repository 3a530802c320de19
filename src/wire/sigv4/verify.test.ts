/** Claims that the secret, the clock, the headers or the body disprove, and what still passes. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import type { WireRequest } from '#wire/message.ts';
import { ServiceError } from '#wire/service-error.ts';
import { authenticationError, authenticationFailures } from './authentication-error.ts';
import type { SignedClaim } from './claim.ts';
import { signRequest } from './sign.ts';
import { sha256Hex } from './signature.ts';
import {
  authenticate,
  families,
  get,
  iam,
  kms,
  MINUTE,
  MISMATCH,
  NOW,
  plain,
  type Refusal,
  rewrite,
  SECRET,
  type Service,
  s3,
  s3Url,
  signer,
  stsUrl,
  testRefusals,
  withHeader,
} from './specimens.test.ts';
import { bodyVerifier } from './verify.ts';

const accepted: readonly [name: string, service: Service, request: WireRequest, now?: number][] = [
  ['json', 'kms', kms()],
  ['query', 'iam', iam()],
  ['s3', 's3', s3()],
  ['15 minutes slow', 'kms', kms(), NOW + 15 * MINUTE],
  ['15 minutes fast', 'kms', kms(), NOW - 15 * MINUTE],
  ['presigned s3', 's3', s3Url(), NOW + MINUTE],
  ['presigned s3, a week', 's3', s3Url(604_800), NOW + 604_800_000],
  ['presigned sts', 'sts', stsUrl()],
  ['presigned, any body', 's3', { ...s3Url(), body: Buffer.from('anything') }],
  ['unsigned payload', 's3', { ...s3({ 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }), body: Buffer.from('anything') }],
  ['user agent changed', 'kms', withHeader(kms(), 'user-agent', 'proxy')],
  ['spaces around commas', 'kms', rewrite(kms(), /, /g, ' ,  ')],
  ['no spaces', 'kms', rewrite(kms(), /, /g, ',')],
  [
    'header folded',
    'kms',
    withHeader(signRequest(plain({ 'x-amz-meta': 'a b' }), signer('kms'), NOW), 'x-amz-meta', ' a \t b '),
  ],
];

for (const [name, service, request, now] of accepted) {
  test(`accepted: ${name}`, () => {
    const outcome = authenticate(request, service, families[service], now);
    assert.ok(outcome && !(outcome instanceof ServiceError), String(outcome));
    assert.equal(outcome.accessKeyId, 'AKIAIOSFODNN7EXAMPLE');
    assert.equal(outcome.region, 'eu-central-1');
  });
}

const refused: readonly Refusal[] = [
  ['json body', 'kms', { ...kms(), body: Buffer.from('{}') }, 'InvalidSignatureException', 400, MISMATCH],
  ['query body', 'iam', { ...iam(), body: Buffer.from('x') }, 'SignatureDoesNotMatch', 403, MISMATCH],
  [
    's3 body',
    's3',
    { ...s3(), body: Buffer.from('x') },
    'XAmzContentSHA256Mismatch',
    400,
    /does not match what was computed/,
  ],
  ['method', 'kms', { ...kms(), method: 'PUT' }, 'InvalidSignatureException', 400, MISMATCH],
  ['path', 's3', { ...s3(), path: '/b/k/..%2Fx' }, 'SignatureDoesNotMatch', 403, MISMATCH],
  ['query added', 's3', { ...s3(), query: 'acl' }, 'SignatureDoesNotMatch', 403, MISMATCH],
  ['more of it escaped', 's3', { ...s3(), query: 'X%2DAmz%2D%53ignature=1' }, 'SignatureDoesNotMatch', 403, MISMATCH],
  [
    'header value',
    'kms',
    withHeader(kms(), 'x-amz-target', 'TrentService.Decrypt'),
    'InvalidSignatureException',
    400,
    MISMATCH,
  ],
  ['port of the host', 'kms', withHeader(kms(), 'host', 'localhost'), 'InvalidSignatureException', 400, MISMATCH],
  [
    'signed header lost',
    'kms',
    withHeader(kms(), 'content-type', undefined),
    'InvalidSignatureException',
    400,
    MISMATCH,
  ],
  ['signature', 'kms', rewrite(kms(), /Signature=./, 'Signature=g'), 'InvalidSignatureException', 400, MISMATCH],
  ['signature cut', 'kms', rewrite(kms(), /.$/, ''), 'InvalidSignatureException', 400, MISMATCH],
  ['signature not ASCII', 'kms', rewrite(kms(), /.$/, 'é'), 'InvalidSignatureException', 400, MISMATCH],
  ['region', 'kms', rewrite(kms(), 'eu-central-1', 'us-east-1'), 'InvalidSignatureException', 400, MISMATCH],
  ['service', 'iam', kms(), 'SignatureDoesNotMatch', 403, /^Credential should be scoped to correct service: 'iam'\. $/],
  ['service of s3', 's3', kms(), 'AuthorizationHeaderMalformed', 400, /incorrect service "kms"/],
  [
    'slow clock',
    'kms',
    kms(),
    'InvalidSignatureException',
    400,
    /^Signature expired: 20261123T120000Z is now earlier than 20261123T120100Z \(20261123T121600Z - 15 min\.\)$/,
    NOW + 16 * MINUTE,
  ],
  [
    'fast clock',
    'iam',
    iam(),
    'SignatureDoesNotMatch',
    403,
    /^Signature not yet current: 20261123T120000Z is still later than 20261123T115900Z \(20261123T114400Z \+ 15 min\.\)$/,
    NOW - 16 * MINUTE,
  ],
  ['slow clock, s3', 's3', s3(), 'RequestTimeTooSkewed', 403, /time is too large/, NOW + 16 * MINUTE],
  ['presigned over', 's3', s3Url(), 'AccessDenied', 403, /^Request has expired$/, NOW + 60_001],
  ['presigned early', 's3', s3Url(), 'AccessDenied', 403, /^Request is not yet valid$/, NOW - 16 * MINUTE],
  [
    'presigned over, query',
    'sts',
    stsUrl(),
    'SignatureDoesNotMatch',
    403,
    /^Signature expired: .* - 1 min\.\)$/,
    NOW + 60_001,
  ],
  [
    'presigned, life stretched',
    's3',
    rewrite(s3Url(), 'Expires=60', 'Expires=600'),
    'SignatureDoesNotMatch',
    403,
    MISMATCH,
  ],
  [
    'header added',
    'kms',
    withHeader(kms(), 'x-amz-meta', 'a'),
    'InvalidSignatureException',
    400,
    /'x-amz-meta' must be a 'SignedHeader'/,
  ],
  [
    'header added, s3',
    's3',
    withHeader(s3(), 'x-amz-acl', 'public-read'),
    'AccessDenied',
    403,
    /headers present in the request which were not signed/,
  ],
  [
    'header added to presigned',
    's3',
    withHeader(s3Url(), 'x-amz-acl', 'public-read'),
    'AccessDenied',
    403,
    /not signed/,
  ],
  ['host unsigned', 'kms', rewrite(kms(), 'host;', ''), 'InvalidSignatureException', 400, /^'Host' or ':authority'/],
  [
    'payload hash missing',
    's3',
    withHeader(s3(), 'x-amz-content-sha256', undefined),
    'SignatureDoesNotMatch',
    403,
    MISMATCH,
  ],
  [
    'payload hash never given',
    's3',
    rewrite(withHeader(s3(), 'x-amz-content-sha256', undefined), 'x-amz-content-sha256;', ''),
    'InvalidRequest',
    400,
    /x-amz-content-sha256/,
  ],
  [
    'payload hash unreadable',
    's3',
    s3({ 'x-amz-content-sha256': 'abc' }),
    'InvalidArgument',
    400,
    /valid sha256 value/,
  ],
  [
    'payload hash in capitals',
    's3',
    s3({ 'x-amz-content-sha256': sha256Hex('{"KeyId":"a"}').toUpperCase() }),
    'InvalidArgument',
    400,
    /sha256/,
  ],
  [
    'payload streamed by 4A',
    's3',
    s3({ 'x-amz-content-sha256': 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD' }),
    'InvalidRequest',
    400,
    /Please use/,
  ],
  [
    'payload unsigned outside s3',
    'kms',
    signRequest(plain({ 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }), signer('kms'), NOW),
    'InvalidSignatureException',
    400,
    MISMATCH,
  ],
  [
    'payload streamed outside s3',
    'kms',
    signRequest(plain({ 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' }), signer('kms'), NOW),
    'InvalidSignatureException',
    400,
    MISMATCH,
  ],
  [
    'payload hash of another body',
    'kms',
    signRequest(plain({ 'x-amz-content-sha256': sha256Hex('') }), signer('kms'), NOW),
    'InvalidSignatureException',
    400,
    MISMATCH,
  ],
  ['presigned body outside s3', 'sts', { ...stsUrl(), body: Buffer.from('x') }, 'SignatureDoesNotMatch', 403, MISMATCH],
  [
    'streamed body without digest',
    'kms',
    { ...kms(), body: Readable.from([]) },
    'InvalidSignatureException',
    400,
    MISMATCH,
  ],
];
testRefusals(refused);

test('a streamed body with a digest is verified at its end', async () => {
  const body = Buffer.from('hello');
  const request = signRequest({ ...get(), method: 'PUT', body }, signer('s3'), NOW);
  const pieces = (text: string): WireRequest => ({
    ...request,
    body: Readable.from([...text].map((c) => Buffer.from(c))),
  });
  const through = async (sent: WireRequest): Promise<Buffer> => {
    const claim = authenticate(sent, 's3', 's3');
    assert.ok(claim && !(claim instanceof ServiceError) && sent.body instanceof Readable);
    const verifier = bodyVerifier(claim, sent, SECRET, 's3');
    assert.ok(verifier);
    return buffer(sent.body.pipe(verifier));
  };
  assert.deepEqual(await through(pieces('hello')), body);
  await assert.rejects(through(pieces('hellO')), { code: 'XAmzContentSHA256Mismatch' });
  assert.equal(bodyVerifier(authenticate(request, 's3', 's3') as SignedClaim, request, SECRET, 's3'), undefined);
});

test('every failure has a code, a status and a text in every family', () => {
  for (const failure of authenticationFailures) {
    for (const family of ['json', 'query', 's3'] as const) {
      const error = authenticationError(failure, family);
      assert.match(error.code, /^[A-Z][A-Za-z0-9]+$/);
      assert.ok([400, 403].includes(error.status ?? 0) && error.message.length > 10, `${failure} ${family}`);
    }
  }
  assert.equal(authenticationError('invalidToken', 'query').code, 'InvalidClientTokenId');
  assert.deepEqual(authenticationError('expiredToken', 'json', { message: 'm', members: { A: 1 } }).members, { A: 1 });
});
