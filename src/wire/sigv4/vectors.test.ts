/** The examples that AWS publishes with their signatures. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import type { WireRequest } from '#wire/message.ts';
import { parseAmzDate } from './amz-date.ts';
import type { ProtocolFamily } from './authentication-error.ts';
import { chunkedDecoder } from './chunked.ts';
import { parseClaim } from './claim.ts';
import { EMPTY_HASH } from './signature.ts';
import { deriveSigningKey } from './signing-key.ts';
import { bodyVerifier, MAX_SKEW_MS, verifyClaim } from './verify.ts';

const GENERAL = { id: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', date: '20150830' };
const S3 = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', date: '20130524' };

function authorization(keys: typeof S3, service: string, signedHeaders: string, signature: string): string {
  const credential = `${keys.id}/${keys.date}/us-east-1/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=${signedHeaders},Signature=${signature}`;
}

function s3(
  method: string,
  target: string,
  headers: Record<string, string>,
  signature: string,
  body = '',
): WireRequest {
  const [path = '', query = ''] = target.split('?');
  const all: Record<string, string> = {
    host: 'examplebucket.s3.amazonaws.com',
    'x-amz-content-sha256': EMPTY_HASH,
    'x-amz-date': '20130524T000000Z',
    ...headers,
  };
  const names = Object.keys(all).sort().join(';');
  return {
    method,
    path,
    query,
    headers: { ...all, authorization: authorization(S3, 's3', names, signature) },
    body: Buffer.from(body),
  };
}

const cases: readonly {
  name: string;
  service: string;
  family: ProtocolFamily;
  secret: string;
  now: string;
  request: WireRequest;
}[] = [
  {
    name: 'IAM ListUsers',
    service: 'iam',
    family: 'query',
    secret: GENERAL.secret,
    now: '20150830T123600Z',
    request: {
      method: 'GET',
      path: '/',
      query: 'Action=ListUsers&Version=2010-05-08',
      headers: {
        host: 'iam.amazonaws.com',
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        'x-amz-date': '20150830T123600Z',
        authorization: authorization(
          GENERAL,
          'iam',
          'content-type;host;x-amz-date',
          '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
        ),
      },
      body: Buffer.alloc(0),
    },
  },
  ...[
    s3('GET', '/test.txt', { range: 'bytes=0-9' }, 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41'),
    s3(
      'PUT',
      '/test%24file.text',
      {
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
      },
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
      'Welcome to Amazon S3.',
    ),
    s3('GET', '/?lifecycle', {}, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'),
    s3('GET', '/?max-keys=2&prefix=J', {}, '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'),
    {
      method: 'GET',
      path: '/test.txt',
      query:
        'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
        '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
        '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
      headers: { host: 'examplebucket.s3.amazonaws.com' },
      body: Buffer.alloc(0),
    },
  ].map((request) => ({
    name: `S3 ${request.method} ${request.path}?${request.query.slice(0, 20)}`,
    service: 's3',
    family: 's3' as const,
    secret: S3.secret,
    now: '20130524T000000Z',
    request,
  })),
];

for (const { name, service, family, secret, now, request } of cases) {
  test(`published signature: ${name}`, () => {
    const claim = parseClaim(request, family);
    assert.ok(claim);
    const time = parseAmzDate(now) ?? Number.NaN;
    const options = { service, family, maxSkewMs: MAX_SKEW_MS };
    assert.equal(verifyClaim(claim, request, secret, time, options), undefined);
    assert.ok(verifyClaim(claim, { ...request, method: 'POST' }, secret, time, options));
    assert.ok(verifyClaim(claim, request, `${secret}x`, time, options));
  });
}

test('published signing key', () => {
  const key = deriveSigningKey(GENERAL.secret, { date: '20150830', region: 'us-east-1', service: 'iam' });
  assert.equal(key.toString('hex'), 'c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9');
});

const CHUNKED = {
  host: 's3.amazonaws.com',
  'content-encoding': 'aws-chunked',
  'x-amz-decoded-content-length': '66560',
  'x-amz-storage-class': 'REDUCED_REDUNDANCY',
};
const a = (length: number): Buffer => Buffer.alloc(length, 'a');

function body(signatures: readonly [string, string, string], end: string): Buffer {
  return Buffer.concat([
    Buffer.from(`10000;chunk-signature=${signatures[0]}\r\n`),
    a(65536),
    Buffer.from(`\r\n400;chunk-signature=${signatures[1]}\r\n`),
    a(1024),
    Buffer.from(`\r\n0;chunk-signature=${signatures[2]}\r\n${end}`),
  ]);
}

const streams = [
  {
    name: 'signed chunks',
    request: s3(
      'PUT',
      '/examplebucket/chunkObject.txt',
      { ...CHUNKED, 'content-length': '66824', 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' },
      '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
    ),
    encoded: body(
      [
        'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
        '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
        'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
      ],
      '\r\n',
    ),
  },
  {
    name: 'signed chunks and trailer',
    request: s3(
      'PUT',
      '/examplebucket/chunkObject.txt',
      {
        ...CHUNKED,
        'x-amz-trailer': 'x-amz-checksum-crc32c',
        'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      },
      '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
    ),
    encoded: body(
      [
        'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
        '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
        '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
      ],
      'x-amz-checksum-crc32c:sOO8/Q==\n\r\n' +
        'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n',
    ),
  },
];

for (const { name, request, encoded } of streams) {
  test(`published stream: ${name}`, async () => {
    const streamed = { ...request, body: Readable.from([encoded]) };
    const claim = parseClaim(streamed, 's3');
    assert.ok(claim);
    const options = { service: 's3', family: 's3', maxSkewMs: MAX_SKEW_MS } as const;
    const seed = verifyClaim(claim, streamed, S3.secret, parseAmzDate('20130524T000000Z') ?? Number.NaN, options);
    assert.equal(seed, undefined, 'seed signature');
    const decoder = bodyVerifier(claim, streamed, S3.secret, 's3');
    assert.ok(decoder);
    assert.ok((await buffer(streamed.body.pipe(decoder))).equals(a(66560)));
    const wrong = chunkedDecoder(claim, streamed, 'another secret');
    await assert.rejects(buffer(Readable.from([encoded]).pipe(wrong)), { code: 'SignatureDoesNotMatch' });
  });
}
