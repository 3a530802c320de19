import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClaim } from '#wire/sigv4/claim.ts';
import { verifyClaim } from '#wire/sigv4/verify.ts';
import { type ApiCall, signedRequest } from './api-call.ts';

const now = Date.UTC(2026, 10, 23);
const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
const target = { host: '127.0.0.1', port: 4566, region: 'us-east-1', credentials };

const cases: readonly { readonly call: ApiCall; readonly family: 'json' | 'query'; readonly body: string }[] = [
  {
    call: { service: 'ssm', operation: 'GetParameter', input: { Name: '/ä' } },
    family: 'json',
    body: '{"Name":"/ä"}',
  },
  {
    call: { service: 'iam', operation: 'GetUser', input: { UserName: 'a b' } },
    family: 'query',
    body: 'Action=GetUser&Version=2010-05-08&UserName=a+b',
  },
];

for (const { call, family, body } of cases) {
  test(`${call.service}:${call.operation} is one request that verifies`, () => {
    const bytes = signedRequest(call, target, now);
    const [head = '', text = ''] = bytes.toString().split('\r\n\r\n');
    const [line, ...fields] = head.split('\r\n');
    assert.equal(line, 'POST / HTTP/1.1');
    assert.equal(text, body);
    const headers = Object.fromEntries(
      fields.map((field) => [field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 2)]),
    );
    assert.equal(headers['content-length'], String(Buffer.byteLength(body)));
    const request = { method: 'POST', path: '/', query: '', headers, body: Buffer.from(text) };
    const claim = parseClaim(request, family);
    assert.ok(claim);
    const options = { service: call.service, family, maxSkewMs: 60_000 };
    assert.equal(verifyClaim(claim, request, 'secret', now, options), undefined);
    assert.notEqual(verifyClaim(claim, request, 'another', now, options), undefined);
  });
}
