/** Against the signers that clients really use. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import type { WireRequest } from '#wire/message.ts';
import type { ProtocolFamily } from './authentication-error.ts';
import { parseClaim } from './claim.ts';
import { presignRequest, signRequest } from './sign.ts';
import { MAX_SKEW_MS, verifyClaim } from './verify.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const ID = 'AKIAIOSFODNN7EXAMPLE';
const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);

class Sha256 {
  readonly #hash;
  constructor(secret?: ArrayBuffer | ArrayBufferView | string) {
    const key = secret === undefined || typeof secret === 'string' ? secret : Buffer.from(secret as Uint8Array);
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  }
  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

const text = fc.string({ unit: 'binary', maxLength: 8 }).filter((s) => s.isWellFormed());
const segment = fc.oneof(text.map(encode), fc.constantFrom('', '.', '..', 'a', 'arn%3Aaws'));
const headerValue = fc.string({ unit: fc.constantFrom('a', 'Z', '0', ' ', '\t', ',', '=', ';', '"'), maxLength: 12 });
const requests = fc.record({
  service: fc.constantFrom('s3', 'kms', 'iam'),
  method: fc.constantFrom('GET', 'PUT', 'POST'),
  path: fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`),
  query: fc.dictionary(
    text.filter((s) => s !== '' && !/^(?:__proto__|x-amz-)/i.test(s)),
    fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })),
    { maxKeys: 4 },
  ),
  headers: fc.dictionary(
    fc.constantFrom('content-type', 'x-amz-target', 'x-amz-meta-a', 'accept', 'range'),
    headerValue,
  ),
  body: fc.uint8Array({ maxLength: 40 }),
  token: fc.option(fc.constant('FQoGZXIvYXdzE//+='), { nil: undefined }),
});
type Specimen = typeof requests extends fc.Arbitrary<infer T> ? T : never;

const rawQuery = (query: Readonly<Record<string, string | readonly string[] | null>>): string =>
  Object.entries(query)
    .flatMap(([name, value]) => [value ?? ''].flat().map((each) => `${encode(name)}=${encode(each)}`))
    .join('&');

const smithy = ({ service, token }: Specimen): SignatureV4 =>
  new SignatureV4({
    credentials: { accessKeyId: ID, secretAccessKey: SECRET, ...(token !== undefined && { sessionToken: token }) },
    region: 'eu-west-1',
    service,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
    applyChecksum: true,
  });

const forSmithy = (specimen: Specimen) => {
  const headers: Record<string, string> = { ...specimen.headers, host: 'localhost:4566' };
  return {
    method: specimen.method,
    protocol: 'http:',
    hostname: 'localhost',
    port: 4566,
    path: specimen.path,
    query: specimen.query,
    headers,
    body: specimen.body,
  };
};

const forUs = (specimen: Specimen): WireRequest => ({
  method: specimen.method,
  path: specimen.path,
  query: rawQuery(specimen.query),
  headers: { ...specimen.headers, host: 'localhost:4566' },
  body: specimen.body,
});

const familyOf = (service: string): ProtocolFamily => (service === 's3' ? 's3' : service === 'iam' ? 'query' : 'json');

function check(request: WireRequest, service: string): void {
  const family = familyOf(service);
  const claim = parseClaim(request, family);
  assert.ok(claim);
  const refusal = verifyClaim(claim, request, SECRET, NOW, { service, family, maxSkewMs: MAX_SKEW_MS });
  assert.equal(refusal, undefined, `${JSON.stringify(request)} ${JSON.stringify(refusal?.members)}`);
}

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

test('requests signed by the JavaScript SDK pass, and ours have the same signature', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (specimen) => {
      const signed = await smithy(specimen).sign(forSmithy(specimen), { signingDate: new Date(NOW) });
      const theirs = lowerCase(signed.headers);
      check({ ...forUs(specimen), headers: theirs }, specimen.service);
      const { token, service } = specimen;
      const signer = {
        accessKeyId: ID,
        secretAccessKey: SECRET,
        region: 'eu-west-1',
        service,
        ...(token !== undefined && { sessionToken: token }),
      };
      // The SDK sends the digest of the body to every service; ours only where it is asked for.
      const digest = theirs['x-amz-content-sha256'] ?? '';
      const ours = forUs(specimen);
      const own = signRequest({ ...ours, headers: { ...ours.headers, 'x-amz-content-sha256': digest } }, signer, NOW);
      assert.equal(own.headers.authorization, theirs.authorization);
      check(signRequest(ours, signer, NOW), service);
    }),
    { numRuns: 300 },
  );
});

test('requests presigned by the JavaScript SDK pass, and so do ours', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (specimen) => {
      const whole = { ...specimen, headers: {} };
      const unsigned = specimen.service === 's3' ? { 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' } : {};
      const request = { ...forSmithy(whole), headers: { host: 'localhost:4566', ...unsigned } };
      const signed = await smithy(whole).presign(request, { signingDate: new Date(NOW), expiresIn: 60 });
      const sent = { ...forUs(whole), query: rawQuery(signed.query ?? {}), headers: lowerCase(signed.headers) };
      check(sent, specimen.service);
      const signer = { accessKeyId: ID, secretAccessKey: SECRET, region: 'eu-west-1', service: specimen.service };
      check(presignRequest(forUs(specimen), signer, NOW, 60), specimen.service);
    }),
    { numRuns: 200 },
  );
});

const PYTHON = `
import json, sys, datetime, logging
import botocore.auth as auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
fixed = datetime.datetime(2026, 11, 23, 12, 0, 0)
auth.get_current_datetime = lambda *a, **k: fixed
out = []
for case in json.load(sys.stdin):
    kinds = {'header': auth.S3SigV4Auth if case['service'] == 's3' else auth.SigV4Auth,
             'presigned': auth.S3SigV4QueryAuth if case['service'] == 's3' else auth.SigV4QueryAuth}
    request = AWSRequest(method=case['method'], url='http://localhost:4566' + case['target'], headers=case['headers'], data=case['body'].encode())
    request.context['client_config'] = None
    kinds[case['kind']](Credentials(case['id'], case['secret'], case['token']), case['service'], 'eu-west-1').add_auth(request)
    prepared = request.prepare()
    def text(v): return v.decode() if isinstance(v, bytes) else v
    out.append({'url': prepared.url, 'headers': {k.lower(): text(v) for k, v in prepared.headers.items()}})
json.dump(out, sys.stdout)
`;

const hasBotocore = spawnSync('python3', ['-c', 'import botocore']).status === 0;

test('requests signed by botocore pass', { skip: hasBotocore ? false : 'python3 with botocore is not here' }, () => {
  const targets = [
    '/',
    '/a%20b/c',
    '/a//b/../c',
    '/k%2Fx?list-type=2&prefix=a%2Fb',
    '/?Action=ListUsers&Version=2010-05-08',
    '/~a?acl=&b=~',
  ];
  const cases = ['s3', 'kms', 'iam'].flatMap((service) =>
    ['header', 'presigned'].flatMap((kind) =>
      targets.flatMap((target) =>
        [null, 'FQoGZXIvYXdzE//+='].map((token) => ({
          service,
          kind,
          target,
          token,
          id: ID,
          secret: SECRET,
          method: kind === 'presigned' ? 'GET' : 'POST',
          headers:
            kind === 'presigned' ? {} : { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': 'A.B  c ' },
          body: kind === 'presigned' ? '' : '{"a":"\u00e9"}',
        })),
      ),
    ),
  );
  const output = execFileSync('python3', ['-c', PYTHON], { input: JSON.stringify(cases), encoding: 'utf8' });
  const signed: { url: string; headers: Record<string, string> }[] = JSON.parse(output);
  assert.equal(signed.length, cases.length);
  for (const [i, { url, headers }] of signed.entries()) {
    const { service = '', method = '', body = '' } = cases[i] ?? {};
    const target = url.slice('http://localhost:4566'.length);
    const [path = '', query = ''] = target.split('?');
    check({ method, path, query, headers: { host: 'localhost:4566', ...headers }, body: Buffer.from(body) }, service);
  }
});
