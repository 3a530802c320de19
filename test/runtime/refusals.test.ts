import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, before, test } from 'node:test';
import { signRequest } from '#wire/sigv4/sign.ts';
import { type Ringwall, startRingwall } from '../harness/start.ts';

/** Bad requests get AWS's error in the client's protocol: nothing changed, no 5xx. */

let ringwall: Ringwall;

before(async () => {
  ringwall = await startRingwall();
});

after(() => ringwall.stop());

type Sent = {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly service?: string;
  readonly secret?: string;
  /** Milliseconds that the signer's clock is off. */
  readonly skew?: number;
  /** Changes the request after it was signed. */
  readonly tamper?: (headers: Record<string, string>) => void;
  readonly unsigned?: boolean;
};

type Received = { readonly status: number; readonly headers: Record<string, unknown>; readonly body: string };

function send(sent: Sent): Promise<Received> {
  const { method = 'POST', path = '/', body = '', service = 'ssm', skew = 0 } = sent;
  const host = `127.0.0.1:${ringwall.port}`;
  const bytes = Buffer.from(body);
  const [pathname = '/', query = ''] = path.split('?');
  const request = { method, path: pathname, query, headers: { ...sent.headers, host }, body: bytes };
  const signer = {
    accessKeyId: ringwall.root.accessKeyId,
    secretAccessKey: sent.secret ?? ringwall.root.secretAccessKey,
    region: 'us-east-1',
    service,
  };
  const headers = { ...(sent.unsigned ? request : signRequest(request, signer, Date.now() + skew)).headers } as Record<
    string,
    string
  >;
  sent.tamper?.(headers);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port: ringwall.port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    outgoing.once('error', reject);
    outgoing.end(bytes);
  });
}

const json = (operation: string, body: string, rest: Partial<Sent> = {}): Sent => ({
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': operation },
  body,
  ...rest,
});
const get = (rest: Partial<Sent> = {}) => json('AmazonSSM.GetParameter', '{"Name":"/a"}', rest);
const form = (body: string, rest: Partial<Sent> = {}): Sent => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  service: 'iam',
  body,
  ...rest,
});

const cases: readonly (readonly [name: string, sent: Sent, status: number, expected: RegExp])[] = [
  ['malformed JSON', json('AmazonSSM.GetParameter', '{"Name":'), 400, /"__type":"SerializationException"/],
  ['JSON that is no object', json('AmazonSSM.GetParameter', '[1]'), 400, /SerializationException/],
  ['a number where a string belongs', json('AmazonSSM.GetParameter', '{"Name":5}'), 400, /SerializationException/],
  [
    'a string where a boolean belongs',
    json('AmazonSSM.GetParameter', '{"Name":"a","WithDecryption":"yes"}'),
    400,
    /SerializationException/,
  ],
  [
    'invalid UTF-8',
    { ...get(), body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]) },
    400,
    /SerializationException/,
  ],
  [
    'deep nesting',
    json('AmazonSSM.PutParameter', `{"Name":"a","Value":${'['.repeat(5000)}${']'.repeat(5000)}}`),
    400,
    /SerializationException/,
  ],
  ['unknown operation', json('AmazonSSM.Frobnicate', '{}'), 400, /UnknownOperationException/],
  ['unknown target', json('Nonsense.GetParameter', '{}'), 400, /UnknownOperationException/],
  ['an operation that is not built', json('AmazonSSM.ListDocuments', '{}'), 400, /UnsupportedOperation/],
  [
    'a missing member',
    json('AmazonSSM.GetParameter', '{}'),
    400,
    /"__type":"ValidationException".*1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null/,
  ],
  [
    'two broken constraints',
    json('AmazonSSM.GetParametersByPath', '{"Path":"/","MaxResults":99,"ParameterFilters":[{"Key":""}]}'),
    400,
    /[2-9] validation errors detected/,
  ],
  ['unknown action', form('Action=Frobnicate&Version=2010-05-08'), 400, /<Code>InvalidAction<\/Code>/],
  [
    'a broken query list',
    form('Action=ListUsers&Version=2010-05-08&MaxItems=many'),
    400,
    /<Code>(MalformedInput|ValidationError|SerializationException|InvalidParameterValue)<\/Code>/,
  ],
  ['wrong secret, JSON', get({ secret: 'not-the-secret' }), 400, /InvalidSignatureException/],
  [
    'wrong secret, query',
    form('Action=ListUsers&Version=2010-05-08', { secret: 'not-the-secret' }),
    403,
    /<Code>SignatureDoesNotMatch<\/Code>/,
  ],
  ['slow clock', get({ skew: -16 * 60_000 }), 400, /Signature expired/],
  ['fast clock', get({ skew: 16 * 60_000 }), 400, /Signature not yet current/],
  [
    'unknown access key',
    get({
      tamper: (headers) => {
        headers['authorization'] = (headers['authorization'] ?? '').replace(
          /Credential=[^/]+/,
          'Credential=AKIAAAAAAAAAAAAAAAAA',
        );
      },
    }),
    400,
    /UnrecognizedClientException/,
  ],
  [
    'a body changed on the way',
    {
      ...get({
        tamper: (headers) => {
          headers['x-amz-content-sha256'] = 'e'.repeat(64);
        },
      }),
    },
    400,
    /InvalidSignatureException|IncompleteSignature/,
  ],
  [
    'a foreign session token',
    get({
      tamper: (headers) => {
        headers['x-amz-security-token'] = 'AAAA';
      },
    }),
    400,
    /UnrecognizedClientException|InvalidSignatureException/,
  ],
  ['no signature', get({ unsigned: true }), 400, /MissingAuthenticationToken/],
  [
    'SigV2 in the query',
    {
      method: 'GET',
      path: '/?Action=ListUsers&AWSAccessKeyId=x&Signature=y&SignatureVersion=2',
      service: 'iam',
      unsigned: true,
    },
    400,
    /IncompleteSignature|not supported/,
  ],
  ['a signature for another service', get({ service: 'kms' }), 400, /InvalidSignatureException/],
];

for (const [name, sent, status, expected] of cases) {
  test(`refused: ${name}`, async () => {
    const received = await send(sent);
    assert.match(received.body, expected);
    assert.equal(received.status, status, received.body);
    const id = received.headers['x-amzn-requestid'] ?? received.headers['x-amz-request-id'] ?? received.body;
    assert.match(String(id), /[0-9a-f]{8}-[0-9a-f]{4}-7/, 'every answer carries a request id');
  });
}

test('a body over the limit is refused before it is read', async () => {
  const received = await send(json('AmazonSSM.PutParameter', Buffer.alloc(9 * 1024 * 1024, 0x20).toString()));
  assert.equal(received.status, 413);
});

test('no refusal changed anything', async () => {
  const counts = await ringwall.installation.house.store.counts();
  assert.equal(counts['ssm/parameter'] ?? 0, 0);
  assert.equal(counts['iam/user'] ?? 0, 0);
});
