/**
 * The same round trip with botocore (the Python SDK and the AWS CLI) as the client: other serialisers, other parsers. It also
 * covers the services that have no installed JavaScript client, and the query form of services that speak JSON now.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import type { WireRequest, WireResponse } from '#wire/message.ts';
import { loadModel, serviceNames } from '#wire/model/load.ts';
import type { ModelProtocol, OperationModel, ShapeModel } from '#wire/model/shape.ts';
import { routed } from './round-trip.ts';
import { randomOf, sampleValue } from './sample-value.ts';

type Values = Record<string, unknown>;
type Serialised = {
  method: string;
  path: string;
  query: Record<string, string | string[]>;
  headers: Record<string, string>;
  body: string;
};
type Answer = Partial<Serialised> & { parsed?: Values; given?: Values; failed?: string; unknown?: true };

const hasBotocore = spawnSync('python3', ['-c', 'import botocore.serialize']).status === 0;

function botocore(jobs: readonly unknown[]): Answer[] {
  const run = spawnSync('python3', [join(import.meta.dirname, 'python_client.py')], {
    input: jobs.map((job) => JSON.stringify(job, plain)).join('\n'),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Sees values before `toJSON` has made text of dates. */
function plain(this: unknown, key: string, value: unknown): unknown {
  const raw = (this as Values)[key];
  if (raw instanceof Date) return { $date: raw.getTime() };
  return raw instanceof Uint8Array ? { $bytes: Buffer.from(raw).toString('base64') } : value;
}

function portable(value: unknown): unknown {
  return JSON.parse(JSON.stringify({ value }, plain)).value;
}

/** Where botocore's serialiser or parser alone is not the client. */
const apart: ReadonlySet<string> = new Set([
  's3:GetBucketLocation', // read by a handler after the parser
  's3:GetObjectAttributes', // part number markers are text in the JavaScript SDK, whose types we have
  's3:ListDirectoryBuckets', // told from ListBuckets by its host alone
  's3:ListParts', // as GetObjectAttributes
]);
const fixed = { AccountId: '111122223333', Bucket: 'bucket-one', ContentLength: undefined, EncodingType: undefined };

/** Which wires to test a service on. SQS's query names went away with its query model. */
function wires(service: string): readonly ModelProtocol[] {
  return loadModel(service).protocols.filter((p) => p !== 'smithy-rpc-v2-cbor');
}

for (const service of serviceNames())
  for (const protocol of wires(service))
    test(`botocore: ${service} over ${protocol}`, { skip: hasBotocore ? false : 'python3 has no botocore' }, () => {
      const model = loadModel(service);
      const operations = [...model.operations.values()].filter(
        (op) => !hasStream(op) && !apart.has(`${service}:${op.name}`),
      );
      const inputs = operations.map((op) => sample(op.input, `${service}:${op.name}:in`));
      const outputs = operations.map((op) => sample(op.output, `${service}:${op.name}:out`));
      const wrong: string[] = [];
      const note = (op: OperationModel, what: string) => wrong.push(`${op.name}: ${what}`);

      const sent = botocore(operations.map((op, i) => ({ service, operation: op.name, protocol, params: inputs[i] })));
      const answers: unknown[] = [];
      const asked: number[] = [];
      for (const [i, answer] of sent.entries()) {
        const op = operations[i] as OperationModel;
        if (answer.failed !== undefined) note(op, answer.failed);
        if (answer.unknown || answer.failed !== undefined) continue;
        try {
          const request = requestOf(answer as Serialised, model.signingName);
          const found = routed(request, op);
          const decoded = portable(found.protocol.decode(op, request, found.labels)) as Values;
          for (const [name, value] of Object.entries(answer.given ?? {}))
            assert.deepEqual(decoded[name], value, `input ${name}`);
          const response = found.protocol.encode(op, outputs[i] as Values, 'request-1', request);
          asked.push(i);
          answers.push({ service, operation: op.name, protocol, response: responseOf(response), output: outputs[i] });
        } catch (error) {
          note(op, (error as Error).message);
        }
      }
      for (const [j, answer] of botocore(answers).entries()) {
        const op = operations[asked[j] as number] as OperationModel;
        if (answer.failed !== undefined) note(op, answer.failed);
        if (answer.unknown || answer.failed !== undefined) continue;
        try {
          for (const [name, value] of Object.entries(answer.given ?? {}))
            assert.deepEqual(answer.parsed?.[name], value, `output ${name}`);
        } catch (error) {
          note(op, (error as Error).message);
        }
      }
      assert.deepEqual(wrong, []);
      assert.ok(asked.length > 0);
    });

function hasStream(op: OperationModel): boolean {
  return op.output?.members.some((m) => m.shape.eventStream) === true;
}

function sample(shape: ShapeModel | undefined, seed: string): Values {
  if (shape === undefined) return {};
  // botocore writes whole seconds.
  return sampleValue(shape, { random: randomOf(seed), fixed, millis: false });
}

function requestOf(sent: Serialised, signingName: string): WireRequest {
  const headers: Record<string, string> = {
    host: '127.0.0.1',
    authorization: `AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/${signingName}/aws4_request`,
  };
  for (const [name, value] of Object.entries(sent.headers)) headers[name.toLowerCase()] = value;
  const [path = '/', marker = ''] = sent.path.split('?');
  const query = new URLSearchParams(marker);
  for (const [name, value] of Object.entries(sent.query)) for (const item of [value].flat()) query.append(name, item);
  return { method: sent.method, path, query: query.toString(), headers, body: Buffer.from(sent.body, 'base64') };
}

function responseOf(response: WireResponse): unknown {
  const body = response.body as string | Uint8Array;
  const headers = Object.fromEntries(Object.entries(response.headers).map(([k, v]) => [k.toLowerCase(), v]));
  return { status: response.status, headers, body: Buffer.from(body as string).toString('base64') };
}
