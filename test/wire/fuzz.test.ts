/** Whatever the bytes, a decoder answers a value or a ServiceError; routing never throws. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { WireRequest } from '#wire/message.ts';
import { loadModel } from '#wire/model/load.ts';
import type { OperationModel } from '#wire/model/shape.ts';
import type { Protocol } from '#wire/protocol.ts';
import { awsJson } from '#wire/protocols/aws-json.ts';
import { awsQuery } from '#wire/protocols/aws-query.ts';
import { ec2Query } from '#wire/protocols/ec2-query.ts';
import { restJson } from '#wire/protocols/rest-json.ts';
import { restXml } from '#wire/protocols/rest-xml.ts';
import { rpcV2Cbor } from '#wire/protocols/rpc-v2-cbor.ts';
import { route, streams } from '#wire/route.ts';
import { ServiceError } from '#wire/service-error.ts';
import { validate } from '#wire/validate.ts';

const operation = (service: string, name: string) => loadModel(service).operation(name) as OperationModel;
const bytes = (text: string) => new TextEncoder().encode(text);

/** Text made of pieces that mean something to the format, cut and mixed. */
function pieces(...words: readonly string[]): fc.Arbitrary<string> {
  const word = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...words) }, { weight: 1, arbitrary: fc.string() });
  return fc.array(word, { maxLength: 40 }).map((list) => list.join(''));
}

const json = fc.oneof(
  fc.json({ maxDepth: 6 }),
  pieces(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"Statement"',
    '"Rules"',
    '"__proto__"',
    '"Name"',
    '1e999',
    '-0',
    'null',
    '"\\ud800"',
    'true',
    '1.5',
  ),
);
const xml = pieces(
  '<',
  '>',
  '/',
  '<Tagging>',
  '</Tagging>',
  '<TagSet>',
  '</TagSet>',
  '<Tag>',
  '</Tag>',
  '<Key>',
  '</Key>',
  'x',
  '&amp;',
  '&#x41;',
  '&bad;',
  '<![CDATA[',
  ']]>',
  '<!--',
  '-->',
  '<!DOCTYPE a>',
  '<?xml?>',
  ' a="b"',
);
const query = pieces(
  '&',
  '=',
  '.',
  'Tags',
  '.member',
  '.1',
  '.2',
  '.Key',
  '.Value',
  '.__proto__',
  '%',
  '%41',
  '%ff',
  '+',
  'DurationSeconds',
  '1e3',
  'PolicyArns',
  'arn',
  'Filter',
  'MaxResults',
);
const binary = fc.uint8Array({ maxLength: 200 });
const cbor = fc.oneof(
  binary,
  fc
    .array(
      fc.constantFrom(0xa1, 0xbf, 0x9f, 0x81, 0xff, 0xf6, 0xfb, 0xc1, 0x1b, 0x5b, 0x7f, 0x61, 0x41, 0x6a, 0x00, 0x80),
      { maxLength: 60 },
    )
    .map((list) => Uint8Array.from(list)),
);

/** protocol, operation, bodies */
const cases: readonly (readonly [Protocol, OperationModel, fc.Arbitrary<Uint8Array>])[] = [
  [awsJson, operation('wafv2', 'CreateWebACL'), fc.oneof(json.map(bytes), binary)],
  [awsJson, operation('kms', 'CreateKey'), fc.oneof(json.map(bytes), binary)],
  [restJson, operation('guardduty', 'CreateFilter'), fc.oneof(json.map(bytes), binary)],
  [restJson, operation('controltower', 'CreateLandingZone'), fc.oneof(json.map(bytes), binary)],
  [restXml, operation('s3', 'PutBucketTagging'), fc.oneof(xml.map(bytes), binary)],
  [awsQuery, operation('sts', 'AssumeRole'), fc.oneof(query.map(bytes), binary)],
  [ec2Query, operation('ec2', 'DescribeInstances'), fc.oneof(query.map(bytes), binary)],
  [rpcV2Cbor, operation('cloudwatch', 'PutMetricData'), cbor],
];

for (const [protocol, op, bodies] of cases)
  test(`fuzz: ${protocol.name} ${op.name}`, () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const request: WireRequest = { method: 'POST', path: '/', query: '', headers: {}, body };
        try {
          const input = protocol.decode(op, request, {});
          assert.equal(Object.getPrototypeOf(input), Object.prototype);
          validate(op, input);
        } catch (error) {
          assert.ok(error instanceof ServiceError, String(error));
        }
        assert.equal(({} as Record<string, unknown>)['Key'], undefined);
      }),
      { numRuns: 2000, seed: 7 },
    );
  });

/** Nesting a thousand deep, at the least cost for the sender. */
const deep: readonly (readonly [Protocol, OperationModel, Uint8Array])[] = [
  [
    awsJson,
    operation('wafv2', 'CreateWebACL'),
    bytes(`{"Rules":[{"Statement":${'{"NotStatement":{"Statement":'.repeat(50_000)}{}${'}}'.repeat(50_000)}}]}`),
  ],
  [
    restJson,
    operation('controltower', 'CreateLandingZone'),
    bytes(`{"manifest":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
  ],
  [restXml, operation('s3', 'PutBucketTagging'), bytes('<a>'.repeat(100_000))],
  [awsQuery, operation('sts', 'AssumeRole'), bytes(`Tags${'.member.1'.repeat(50_000)}=1`)],
  [rpcV2Cbor, operation('cloudwatch', 'PutMetricData'), new Uint8Array(100_000).fill(0x81)],
  [rpcV2Cbor, operation('cloudwatch', 'PutMetricData'), new Uint8Array(100_000).fill(0x9f)],
];

for (const [protocol, op, body] of deep)
  test(`deep nesting is refused: ${protocol.name} ${body[0]}`, () => {
    const request: WireRequest = { method: 'POST', path: '/', query: '', headers: {}, body };
    assert.throws(() => protocol.decode(op, request, {}), ServiceError);
  });

/** A map with the key `__proto__` on each wire, and the member that holds it. */
const prototypes: readonly (readonly [Protocol, OperationModel, Partial<WireRequest>, string])[] = [
  [
    awsJson,
    operation('kms', 'Encrypt'),
    { body: bytes('{"EncryptionContext":{"__proto__":"x","constructor":"y"}}') },
    'EncryptionContext',
  ],
  [restJson, operation('guardduty', 'CreateDetector'), { body: bytes('{"tags":{"__proto__":"x"}}') }, 'Tags'],
  [restJson, operation('apigateway', 'ImportRestApi'), { query: 'mode=import&__proto__=x' }, 'parameters'],
  [restXml, operation('s3', 'PutObject'), { headers: { 'x-amz-meta-__proto__': 'x' } }, 'Metadata'],
  [
    awsQuery,
    operation('sns', 'CreatePlatformApplication'),
    { body: bytes('Attributes.entry.1.key=__proto__&Attributes.entry.1.value=x') },
    'Attributes',
  ],
];

for (const [protocol, op, parts, member] of prototypes)
  test(`__proto__ is a key: ${protocol.name} ${op.name}`, () => {
    const request: WireRequest = {
      method: 'POST',
      path: '/',
      query: '',
      headers: {},
      body: new Uint8Array(),
      ...parts,
    };
    const map = protocol.decode(op, request, {})[member] as Record<string, unknown>;
    assert.equal(Object.getPrototypeOf(map), Object.prototype);
    assert.equal(Object.getOwnPropertyDescriptor(map, '__proto__')?.value, 'x');
  });

test('fuzz: routing answers whatever the head', () => {
  const text = fc.oneof(
    fc.string(),
    pieces(
      '/',
      '?',
      '%',
      'a',
      '..',
      'AWS4-HMAC-SHA256 Credential=',
      ',',
      '.s3.',
      'localhost',
      ':1',
      'X-Amz-Credential=',
      '&',
      'Action=',
      'TrentService.',
      '[::1]',
    ),
  );
  const headers = fc.record(
    {
      host: text,
      authorization: text,
      'x-amz-target': text,
      'content-type': text,
      'smithy-protocol': fc.constantFrom('rpc-v2-cbor', 'x'),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'BREW'),
      text,
      text,
      headers,
      text,
      (method, path, search, head, body) => {
        const request = { method, path: `/${path}`, query: search, headers: head, body: bytes(body) };
        const found = route(request);
        assert.ok('error' in found || found.operation.name.length > 0);
        assert.equal(typeof streams(request), 'boolean');
      },
    ),
    { numRuns: 3000, seed: 7 },
  );
});
