import assert from 'node:assert/strict';
import { Agent, request as httpRequest } from 'node:http';
import { after, before, test } from 'node:test';
import { signRequest } from '#wire/sigv4/sign.ts';
import { type Ringwall, startRingwall } from '../harness/start.ts';

/** Generated bad requests, half of them well signed. RINGWALL_SOAK for more than the 5,000 of every run; the seed is printed. */

const count = Number(process.env['RINGWALL_SOAK'] ?? 5_000);
const seed = Number(process.env['RINGWALL_SEED'] ?? 20_261_123);
const parallel = 8;

let ringwall: Ringwall;
before(async () => {
  ringwall = await startRingwall({ logLevel: 'silent' });
});
after(() => ringwall.stop());

/** mulberry32: small, seeded, good enough to spread. */
function generator(state: number): () => number {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Request = { method: string; path: string; headers: Record<string, string>; body: Buffer; service: string };

const json = (service: string, target: string, body: object): Request => ({
  method: 'POST',
  path: '/',
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
  body: Buffer.from(JSON.stringify(body)),
  service,
});
const form = (service: string, body: string): Request => ({
  method: 'POST',
  path: '/',
  headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
  body: Buffer.from(body),
  service,
});
const document =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/a":["b"]}}}]}';

/** Reads and refusals only: whatever is made of them, nothing may change. */
const seeds: readonly Request[] = [
  json('ssm', 'AmazonSSM.GetParameter', { Name: '/a', WithDecryption: true }),
  json('ssm', 'AmazonSSM.GetParametersByPath', {
    Path: '/',
    Recursive: true,
    ParameterFilters: [{ Key: 'Type', Option: 'Equals', Values: ['String'] }],
  }),
  json('ssm', 'AmazonSSM.DescribeParameters', {
    ParameterFilters: [{ Key: 'Name', Option: 'Contains', Values: ['x'] }],
    MaxResults: 5,
  }),
  json('kms', 'TrentService.Decrypt', {
    CiphertextBlob: 'AQIDBAUGBwgJCgsMDQ4PEBESExQ=',
    EncryptionContext: { a: 'b' },
  }),
  json('kms', 'TrentService.ListKeys', { Limit: 10, Marker: 'abc' }),
  json('cloudtrail', 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents', {
    MaxResults: 3,
    StartTime: 1_700_000_000,
  }),
  form('iam', 'Action=ListUsers&Version=2010-05-08&MaxItems=5&PathPrefix=%2F'),
  form('iam', 'Action=GetUser&Version=2010-05-08&UserName=nobody'),
  form(
    'iam',
    `Action=SimulateCustomPolicy&Version=2010-05-08&PolicyInputList.member.1=${encodeURIComponent(document)}&ActionNames.member.1=s3%3AGetObject`,
  ),
  form('sts', 'Action=GetCallerIdentity&Version=2011-06-15'),
  form('ec2', 'Action=DescribeVpcs&Version=2016-11-15&Filter.1.Name=a&Filter.1.Value.1=b'),
  { method: 'GET', path: '/bucket/key%20with?versionId=1', headers: {}, body: Buffer.alloc(0), service: 's3' },
  {
    method: 'POST',
    path: '/service/GraniteServiceVersion20100801/operation/ListMetrics',
    headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' },
    body: Buffer.from([0xa1, 0x61, 0x61, 0x01]),
    service: 'monitoring',
  },
  { method: 'GET', path: '/2015-03-31/functions/', headers: {}, body: Buffer.alloc(0), service: 'lambda' },
];

const spice = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\u0000',
  '\\ud800',
  '1e999',
  '-',
  'null',
  'true',
  '%00',
  '%ff',
  '&',
  '=',
  '<',
  '>',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '__proto__',
  'constructor',
  '../..',
  '$' + '{aws:username}',
  '(a+)+$',
  ' '.repeat(300),
  'A'.repeat(5000),
  '[['.repeat(200),
  '\u202e',
  '\ufffe',
];

function mutate(base: Request, random: () => number): Request {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let body = Buffer.from(base.body);
  let { path, method } = base;
  const headers = { ...base.headers };
  for (let edits = 1 + Math.floor(random() * 4); edits > 0; edits -= 1) {
    const at = Math.floor(random() * (body.length + 1));
    const kind = random();
    if (kind < 0.2) body = Buffer.concat([body.subarray(0, at), Buffer.from(pick(spice)), body.subarray(at)]);
    else if (kind < 0.35)
      body = Buffer.concat([body.subarray(0, at), body.subarray(at + 1 + Math.floor(random() * 8))]);
    else if (kind < 0.5 && body.length > 0) body[at % body.length] = Math.floor(random() * 256);
    else if (kind < 0.6) body = Buffer.concat([body, body]);
    else if (kind < 0.7) body = body.subarray(0, at);
    else if (kind < 0.76)
      path = `${path}${pick(['?', '&', '/', '//', '%2e%2e', '%zz', '?Action=ListUsers', '?X-Amz-Signature=1'])}`;
    else if (kind < 0.82)
      headers['content-type'] = pick([
        'application/json',
        'application/cbor',
        'text/xml',
        '',
        'multipart/form-data',
        'application/x-www-form-urlencoded',
      ]);
    else if (kind < 0.88)
      headers['x-amz-target'] = pick([
        '',
        '.',
        'AmazonSSM.',
        'TrentService.__proto__',
        'AmazonSSM.constructor',
        'X'.repeat(2000),
      ]);
    else if (kind < 0.92) method = pick(['GET', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS']);
    else
      headers[
        pick([
          'x-amz-date',
          'x-amz-security-token',
          'authorization',
          'x-amz-content-sha256',
          'content-encoding',
          'smithy-protocol',
          'expect',
        ])
      ] = pick([
        '',
        'x',
        '20200101T000000Z',
        'AWS4-HMAC-SHA256 Credential=/////',
        'aws-chunked',
        'rpc-v2-cbor',
        'gzip',
      ]);
  }
  delete headers['expect'];
  return { ...base, method, path: path.replace(/\s/g, '%20'), headers, body };
}

const agent = new Agent({ keepAlive: true, maxSockets: parallel });
after(() => agent.destroy());

/** Status, or 0 for a connection that the server closed on a request that is not HTTP. */
function send(request: Request, signed: boolean): Promise<{ status: number; body: string }> {
  const host = `127.0.0.1:${ringwall.port}`;
  const [pathname = '/', ...query] = request.path.split('?');
  const wire = {
    method: request.method,
    path: pathname,
    query: query.join('?'),
    headers: { ...request.headers, host },
    body: request.body,
  };
  const signer = { ...ringwall.root, region: 'us-east-1', service: request.service };
  const { headers } = signed ? signRequest(wire, signer, Date.now()) : wire;
  return new Promise((resolve) => {
    const outgoing = httpRequest(
      {
        host: '127.0.0.1',
        port: ringwall.port,
        method: request.method,
        path: request.path,
        headers: headers as Record<string, string>,
        agent,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
        response.on('error', () => resolve({ status: 0, body: '' }));
      },
    );
    outgoing.setTimeout(10_000, () => outgoing.destroy(new Error('no answer within 10 s')));
    outgoing.once('error', (error) =>
      resolve({ status: /no answer/.test(error.message) ? 599 : 0, body: error.message }),
    );
    outgoing.end(request.method === 'GET' || request.method === 'HEAD' ? undefined : request.body);
  });
}

test(`${count} hostile requests: AWS's errors, no 5xx, no crash, nothing changed (seed ${seed})`, {
  timeout: 3_600_000,
}, async () => {
  const random = generator(seed);
  const before = await ringwall.installation.house.store.counts();
  const statuses = new Map<number, number>();
  let next = 0;
  const work = Array.from({ length: parallel }, async () => {
    while (next < count) {
      next += 1;
      const base = seeds[Math.floor(random() * seeds.length)] as Request;
      const request = mutate(base, random);
      const signed = random() < 0.6;
      const answer = await send(request, signed);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      assert.ok(
        answer.status < 500,
        `${answer.status} for ${request.method} ${request.path} ${request.body.toString('latin1').slice(0, 300)}: ${answer.body}`,
      );
    }
  });
  await Promise.all(work);
  const { 'runtime/policy-text': _texts, ...after } = await ringwall.installation.house.store.counts();
  assert.deepEqual(after, before, 'nothing changed');
  const healthy = await send(seeds[9] as Request, true);
  assert.equal(healthy.status, 200, healthy.body);
  const total = [...statuses.values()].reduce((sum, each) => sum + each, 0);
  assert.ok((statuses.get(0) ?? 0) < total / 10, 'most requests reach the server as HTTP');
});
