/** Signatures that cannot be read, and what is read from those that can. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '#wire/service-error.ts';
import { parseClaim } from './claim.ts';
import { presignRequest, signRequest } from './sign.ts';
import {
  authenticate,
  get,
  iam,
  kms,
  NOW,
  plain,
  type Refusal,
  rewrite,
  s3,
  s3Url,
  signer,
  stsUrl,
  testRefusals,
  withHeader,
} from './specimens.test.ts';

const refused: readonly Refusal[] = [
  [
    'escaped X-Amz-Signature added',
    's3',
    { ...s3(), query: 'X%2DAmz%2DSignature=1' },
    'InvalidArgument',
    400,
    /Only one/,
  ],
  [
    'terminator',
    'kms',
    rewrite(kms(), 'aws4_request', 'aws5_request'),
    'InvalidSignatureException',
    400,
    /valid terminator: 'aws4_request', not 'aws5_request'/,
  ],
  [
    'day of the scope',
    'iam',
    rewrite(iam(), '20261123', '20261124'),
    'SignatureDoesNotMatch',
    403,
    /'20261124' != '20261123', from '20261123T120000Z'/,
  ],
  [
    'day of the scope, s3',
    's3',
    rewrite(s3(), '20261123', '20261124'),
    'AuthorizationHeaderMalformed',
    400,
    /Invalid credential date "20261124"/,
  ],
  ['presigned too long', 's3', s3Url(604_801), 'AuthorizationQueryParametersError', 400, /less than 604800 seconds/],
  ['presigned no time', 's3', s3Url(0), 'AuthorizationQueryParametersError', 400, /X-Amz-Expires/],
  ['presigned negative', 's3', s3Url(-1), 'AuthorizationQueryParametersError', 400, /non-negative/],
  ['presigned not a number', 's3', s3Url(Number.NaN), 'AuthorizationQueryParametersError', 400, /should be a number/],
  [
    'presigned twice signed',
    's3',
    { ...s3Url(), query: `${s3Url().query}&X-Amz-Signature=0` },
    'AuthorizationQueryParametersError',
    400,
    /given once/,
  ],
  [
    'presigned without signature',
    'sts',
    rewrite(stsUrl(), /&X-Amz-Signature=.*/, ''),
    'IncompleteSignature',
    400,
    /must include 'X-Amz-Signature'/,
  ],
  [
    'presigned without algorithm',
    's3',
    rewrite(s3Url(), 'X-Amz-Algorithm=AWS4-HMAC-SHA256&', ''),
    'AuthorizationQueryParametersError',
    400,
    /^Query-string authentication version 4 requires/,
  ],
  [
    'presigned date',
    's3',
    rewrite(s3Url(), 'T120000Z', 'T990000Z'),
    'AuthorizationQueryParametersError',
    400,
    /ISO8601 Long Format/,
  ],
  [
    'presigned newline in scope',
    's3',
    rewrite(s3Url(), 'eu-central-1', 'eu%0A1'),
    'AuthorizationQueryParametersError',
    400,
    /mal-formed/,
  ],
  [
    'presigned bad escape',
    's3',
    rewrite(s3Url(), 'AKIAIOSFODNN7EXAMPLE', '%FF'),
    'AuthorizationQueryParametersError',
    400,
    /UTF-8/,
  ],
  [
    'presigned 4A',
    's3',
    rewrite(s3Url(), 'AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'),
    'InvalidRequest',
    400,
    /Please use AWS4-HMAC-SHA256/,
  ],
  [
    'signed headers out of order',
    'kms',
    rewrite(kms(), 'content-type;host', 'host;content-type'),
    'IncompleteSignatureException',
    400,
    /ascending/,
  ],
  ['signed header twice', 'kms', rewrite(kms(), 'host', 'host;host'), 'IncompleteSignatureException', 400, /ascending/],
  [
    'signed header in capitals',
    'kms',
    rewrite(kms(), 'host', 'Host'),
    'IncompleteSignatureException',
    400,
    /lower-case/,
  ],
  [
    'no credential',
    'kms',
    rewrite(kms(), /Credential=[^,]*, /, ''),
    'IncompleteSignatureException',
    400,
    /^Authorization header requires 'Credential' parameter\. \(Hashed/,
  ],
  [
    'no credential, s3',
    's3',
    rewrite(s3(), /Credential=[^,]*, /, ''),
    'AuthorizationHeaderMalformed',
    400,
    /requires three components/,
  ],
  ['no equal sign', 'iam', rewrite(iam(), 'Signature=', 'Signature'), 'IncompleteSignature', 400, /missing equal-sign/],
  [
    'parameter twice',
    'iam',
    rewrite(iam(), ', Signature', ', Signature=1, Signature'),
    'IncompleteSignature',
    400,
    /repeats/,
  ],
  [
    'parameter unknown',
    'iam',
    rewrite(iam(), ', Signature', ', Extra=1, Signature'),
    'IncompleteSignature',
    400,
    /unknown/,
  ],
  [
    'short scope',
    'kms',
    rewrite(kms(), '/eu-central-1', ''),
    'IncompleteSignatureException',
    400,
    /exactly 5 slash-delimited elements/,
  ],
  ['short scope, s3', 's3', rewrite(s3(), '/eu-central-1', ''), 'AuthorizationHeaderMalformed', 400, /<YOUR-AKID>/],
  [
    'no key id',
    'kms',
    rewrite(kms(), 'AKIAIOSFODNN7EXAMPLE', ''),
    'IncompleteSignatureException',
    400,
    /non-empty Access Key/,
  ],
  ['no region', 'kms', rewrite(kms(), 'eu-central-1', ''), 'InvalidSignatureException', 400, /valid region/],
  [
    'empty header',
    'kms',
    withHeader(kms(), 'authorization', ''),
    'IncompleteSignatureException',
    400,
    /cannot be empty/,
  ],
  [
    'no date',
    'kms',
    withHeader(kms(), 'x-amz-date', undefined),
    'IncompleteSignatureException',
    400,
    /existence of either/,
  ],
  ['no date, s3', 's3', withHeader(s3(), 'x-amz-date', undefined), 'AccessDenied', 403, /valid Date or x-amz-date/],
  [
    'impossible date',
    'kms',
    withHeader(kms(), 'x-amz-date', '20260230T000000Z'),
    'IncompleteSignatureException',
    400,
    /Got '20260230T000000Z'/,
  ],
  [
    'other scheme',
    'kms',
    withHeader(kms(), 'authorization', 'Bearer abc'),
    'IncompleteSignatureException',
    400,
    /Unsupported AWS 'algorithm': 'Bearer'/,
  ],
  [
    'other scheme, s3',
    's3',
    withHeader(s3(), 'authorization', 'Basic abc'),
    'InvalidArgument',
    400,
    /Unsupported Authorization Type/,
  ],
  [
    'version 2 header',
    's3',
    withHeader(s3(), 'authorization', 'AWS AKIAIOSFODNN7EXAMPLE:abc='),
    'InvalidRequest',
    400,
    /Please use AWS4-HMAC-SHA256/,
  ],
  [
    'version 2 query',
    's3',
    { ...get(), query: 'AWSAccessKeyId=a&Signature=b&Expires=1' },
    'InvalidRequest',
    400,
    /Please use AWS4-HMAC-SHA256/,
  ],
  [
    'version 2 query, IAM',
    'iam',
    { ...get(), query: 'Action=ListUsers&AWSAccessKeyId=a&SignatureVersion=2&Signature=b' },
    'IncompleteSignature',
    400,
    /Please use/,
  ],
  [
    'version 4A',
    'kms',
    rewrite(kms(), 'AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'),
    'IncompleteSignatureException',
    400,
    /Please use/,
  ],
  ['two signatures', 's3', { ...s3(), query: s3Url().query }, 'InvalidArgument', 400, /Only one auth mechanism/],
];
testRefusals(refused);

test('a request without any signature is anonymous', () => {
  assert.equal(parseClaim(get(), 's3'), undefined);
  assert.equal(parseClaim({ ...get(), query: 'list-type=2&prefix=a' }, 's3'), undefined);
});

test('a session token is read from where it stands, and signed', () => {
  const temporary = { ...signer('kms'), sessionToken: 'FQo+/=' };
  const request = signRequest(plain(), temporary, NOW);
  assert.equal(parseClaim(request, 'json')?.sessionToken, 'FQo+/=');
  assert.ok(authenticate(withHeader(request, 'x-amz-security-token', 'other'), 'kms', 'json') instanceof ServiceError);
  const url = presignRequest(get(), { ...temporary, service: 's3' }, NOW, 60);
  assert.equal(parseClaim(url, 's3')?.sessionToken, 'FQo+/=');
  assert.ok(authenticate(rewrite(url, 'FQo', 'FQp'), 's3', 's3') instanceof ServiceError);
});

test('the date header serves when x-amz-date is absent', () => {
  const request = signRequest(plain({ date: 'Mon, 23 Nov 2026 12:00:00 GMT' }), signer('kms'), NOW);
  const dated = rewrite(withHeader(request, 'x-amz-date', undefined), ';x-amz-date', '');
  assert.equal(parseClaim(dated, 'json')?.amzDate, NOW);
  assert.equal(parseClaim(withHeader(request, 'date', 'garbage'), 'json')?.amzDate, NOW);
});
