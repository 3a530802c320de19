/**
 * Every operation of every service with an installed SDK client, both ways: a sampled input through the real client, our routing
 * and decoding; our encoding of a sampled output through the real client; every modelled error as its exception class.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SmithyRpcV2CborProtocol } from '@smithy/core/cbor';
import { loadModel, serviceNames } from '#wire/model/load.ts';
import type { OperationModel, ServiceModel, ShapeModel } from '#wire/model/shape.ts';
import { ServiceError } from '#wire/service-error.ts';
import { errorExchange, exchange } from './round-trip.ts';
import { randomOf, sampleValue } from './sample-value.ts';
import { type Sdk, sdkOf } from './sdk-client.ts';

/** Clients older than the model. */
const older = new Set(['cloudhsmv2', 'controltower', 'route53resolver']);

/** Values that clients check, rewrite or turn into hosts. */
const fixedInput: Readonly<Record<string, unknown>> = {
  AccountId: '111122223333',
  Bucket: 'bucket-one',
  ChecksumAlgorithm: 'CRC32',
  ContentLength: undefined,
  ContentMD5: undefined,
  EncodingType: undefined,
  EndpointId: undefined,
  OutpostId: 'op-01234567890123456',
  SSECustomerKey: undefined,
  SSECustomerKeyMD5: undefined,
  CopySourceSSECustomerKey: undefined,
  CopySourceSSECustomerKeyMD5: undefined,
};
const fixedOutput: Readonly<Record<string, unknown>> = { ContentLength: undefined, EncodingType: undefined };

/** Members that a client does not hand on. */
const unheard: Readonly<Record<string, readonly string[]>> = { 'apigateway:GetSdkTypes': ['position'] };

/** Members of errors that the wire writes itself. */
const unsampled = { message: undefined, Message: undefined, Type: undefined, Code: undefined, errorType: undefined };

/** A service, and client options that select another wire than the client's own choice. */
const variants: readonly (readonly [string, string, Record<string, unknown>])[] = [
  ...serviceNames().map(
    (service) => [service, '', service === 's3control' ? { endpoint: 'http://localhost:9' } : {}] as const,
  ),
  ['cloudwatch', ' over CBOR', { protocol: SmithyRpcV2CborProtocol }],
];

for (const [service, wire, options] of variants) {
  test(`${service}${wire}: every operation and error round-trips`, async (t) => {
    const sdk = await sdkOf(service, options);
    if (sdk === undefined) return t.skip('no SDK client installed');
    const model = loadModel(service);
    const wrong: string[] = [];
    let calls = 0;
    for (const op of model.operations.values()) {
      if (sdk.module[`${op.name}Command`] === undefined) {
        assert.ok(older.has(service), `the client knows no ${op.name}`);
        continue;
      }
      calls += 1;
      const problem = await problemOf(sdk, op, older.has(service));
      if (problem !== undefined) wrong.push(`${op.name}: ${problem}`);
    }
    t.diagnostic(`${calls} operations`);
    assert.deepEqual(wrong, []);
    assert.ok(calls > 0);
    await errorsArrive(sdk, model);
  });
}

async function problemOf(sdk: Sdk, op: OperationModel, partial: boolean): Promise<string | undefined> {
  const random = randomOf(`${op.service.name}:${op.name}`);
  const left = Object.fromEntries((unheard[`${op.service.name}:${op.name}`] ?? []).map((name) => [name, undefined]));
  const input = sample(op.input, random, fixedInput);
  const millis = op.service.protocols[0] !== 'query';
  const output = sample(op.output, random, { ...fixedOutput, ...left, ...checksums(op) }, millis);
  try {
    await exchange(sdk, op, input, output, { partial });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** @param millis whether times have milliseconds: answers of the query protocol have none */
function sample(
  shape: ShapeModel | undefined,
  random: () => number,
  fixed: Readonly<Record<string, unknown>>,
  millis = true,
) {
  return shape === undefined ? {} : sampleValue(shape, { random, fixed, millis });
}

/** The client checks these against the body. */
function checksums(op: OperationModel): Record<string, undefined> {
  const names = op.output?.members
    .map((m) => m.name)
    .filter((name) => op.output?.payload && name.startsWith('Checksum'));
  return Object.fromEntries((names ?? []).map((name) => [name, undefined]));
}

/** Each exception of the model, from the first operation that has it (or any): class, message, members. */
async function errorsArrive(sdk: Sdk, model: ServiceModel): Promise<void> {
  const seen = new Set<ShapeModel>();
  for (const op of model.operations.values()) {
    if (op.method === 'HEAD' || sdk.module[`${op.name}Command`] === undefined) continue;
    for (const shape of op.errors) {
      const Class = sdk.module[shape.name];
      if (seen.has(shape) || typeof Class !== 'function' || isShadowed(shape, model)) continue;
      seen.add(shape);
      const random = randomOf(`${model.name}:${shape.name}`);
      const text = `what & why: ünï ${shape.name}`;
      const given = sample(shape, random, unsampled, model.protocols[0] !== 'query');
      const error = new ServiceError(shape.name, text, { members: given });
      const thrown = await errorExchange(sdk, op, sample(op.input, random, fixedInput), error);
      assert.ok(thrown instanceof Class, `${op.name} ${shape.name}: ${thrown.name}: ${thrown.message}`);
      assert.equal(thrown.name, shape.name);
      assert.equal(thrown.message, text, shape.name);
      if (older.has(model.name) || model.protocols[0] === 'rest-xml') continue;
      for (const [name, value] of Object.entries(given))
        assert.deepEqual((thrown as unknown as Record<string, unknown>)[name], value, `${shape.name}.${name}`);
    }
  }
}

/** The client follows the old code of `x-amzn-query-error` to another shape of that name (DashboardNotFoundError). */
function isShadowed(shape: ShapeModel, model: ServiceModel): boolean {
  const code = shape.error?.queryCode ?? '';
  return model.queryCompatible && code !== shape.name && model.shape(code) !== undefined;
}
