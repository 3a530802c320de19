/** Signed requests and the walk through parsing and verification that the tests beside share. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WireRequest } from '#wire/message.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { ProtocolFamily } from './authentication-error.ts';
import { parseClaim, type SignedClaim } from './claim.ts';
import { presignRequest, type Signer, signRequest } from './sign.ts';
import { MAX_SKEW_MS, verifyClaim } from './verify.ts';

export const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);
export const MINUTE = 60_000;
export const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
export const signer = (service: string): Signer => ({
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: SECRET,
  region: 'eu-central-1',
  service,
});

export const plain = (
  extra: Record<string, string> = {},
  body: WireRequest['body'] = Buffer.from('{"KeyId":"a"}'),
): WireRequest => ({
  method: 'POST',
  path: '/',
  query: '',
  headers: { host: 'localhost:4566', 'content-type': 'application/x-amz-json-1.1', ...extra },
  body,
});
export const kms = (): WireRequest =>
  signRequest(plain({ 'x-amz-target': 'TrentService.Encrypt' }), signer('kms'), NOW);
export const iam = (): WireRequest => signRequest(plain(), signer('iam'), NOW);
export const s3 = (extra: Record<string, string> = {}): WireRequest =>
  signRequest({ ...plain(extra), method: 'PUT', path: '/b/k//..%2Fx' }, signer('s3'), NOW);
export const get = (): WireRequest => ({ ...plain({}, Buffer.alloc(0)), method: 'GET', path: '/b/k' });
export const s3Url = (expires = 60): WireRequest => presignRequest(get(), signer('s3'), NOW, expires);
export const stsUrl = (expires = 60): WireRequest =>
  presignRequest(
    { ...get(), path: '/', query: 'Action=GetCallerIdentity&Version=2011-06-15' },
    signer('sts'),
    NOW,
    expires,
  );

export const withHeader = (request: WireRequest, name: string, value: string | undefined): WireRequest => ({
  ...request,
  headers: { ...request.headers, [name]: value },
});
export const rewrite = (request: WireRequest, from: string | RegExp, to: string): WireRequest => {
  const { authorization } = request.headers;
  const changed = {
    ...request,
    query: request.query.replace(from, to),
    headers: { ...request.headers, ...(authorization && { authorization: authorization.replace(from, to) }) },
  };
  assert.notDeepEqual(changed, request, 'the case changes nothing');
  return changed;
};

/** What the pipeline does: parse, verify; the refusal or the claim. */
export function authenticate(
  request: WireRequest,
  service: string,
  family: ProtocolFamily,
  now = NOW,
): ServiceError | SignedClaim | undefined {
  try {
    const claim = parseClaim(request, family);
    if (claim === undefined) return undefined;
    return verifyClaim(claim, request, SECRET, now, { service, family, maxSkewMs: MAX_SKEW_MS }) ?? claim;
  } catch (error) {
    assert.ok(error instanceof ServiceError, `refused with ${error}`);
    return error;
  }
}

export const families = { kms: 'json', iam: 'query', sts: 'query', s3: 's3' } as const;
export type Service = keyof typeof families;

export const MISMATCH = /^The request signature we calculated does not match/;

/** A request, and how it is refused. */
export type Refusal = [
  name: string,
  service: Service,
  request: WireRequest,
  code: string,
  status: number,
  text: RegExp,
  now?: number,
];

export function testRefusals(refused: readonly Refusal[]): void {
  for (const [name, service, request, code, status, text, now] of refused) {
    test(`refused: ${name}`, () => {
      const outcome = authenticate(request, service, families[service], now);
      assert.ok(outcome instanceof ServiceError, 'the request was accepted');
      assert.deepEqual([outcome.code, outcome.status], [code, status]);
      assert.match(outcome.message, text);
    });
  }

  test('no refusal repeats the signature', () => {
    for (const [name, service, request, , , , now] of refused) {
      const signature = /Signature=([0-9a-f]{64})/.exec(`${request.headers.authorization} ${request.query}`)?.[1];
      const outcome = authenticate(request, service, families[service], now);
      if (signature && outcome instanceof ServiceError) assert.ok(!outcome.message.includes(signature), name);
    }
  });
}
