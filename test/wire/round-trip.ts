import assert from 'node:assert/strict';
import type { WireRequest } from '#wire/message.ts';
import type { OperationModel, ShapeModel } from '#wire/model/shape.ts';
import { type Route, route } from '#wire/route.ts';
import type { ServiceError } from '#wire/service-error.ts';
import type { Sdk } from './sdk-client.ts';

type Values = Record<string, unknown>;

/** What the SDK clients older than the model don't know: they drop it on the way. */
export type Tolerance = { readonly partial: boolean };

/** Sends `input` through the SDK client, answers `output`; both must arrive as they were given. */
export async function exchange(
  sdk: Sdk,
  op: OperationModel,
  input: Values,
  output: Values,
  { partial }: Tolerance,
): Promise<void> {
  let failure: unknown;
  sdk.answer = (request) => {
    try {
      const found = routed(request, op);
      const decoded = found.protocol.decode(op, request, found.labels);
      // The client adds members of its own (checksums, tokens): only what was given is compared.
      for (const name of Object.keys(input)) compare(decoded[name], input[name], partial, `input ${name}`);
      return found.protocol.encode(op, streamed(op.output, output), 'request-1', request);
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  const received = await send(sdk, op, input).catch((error) => {
    throw failure ?? error;
  });
  for (const name of Object.keys(output))
    compare(await collected(received[name]), output[name], partial, `output ${name}`);
}

/** Sends `input`, answers with an error; resolves with what the client throws. */
export async function errorExchange(sdk: Sdk, op: OperationModel, input: Values, error: ServiceError): Promise<Error> {
  sdk.answer = (request) => {
    const found = routed(request, op);
    return found.protocol.encodeError(op.service, op, error, 'request-1', request);
  };
  return send(sdk, op, input).then(
    () => assert.fail('the client took an error for an answer'),
    (thrown: Error) => thrown,
  );
}

export function routed(request: WireRequest, op: OperationModel): Route {
  const found = route(request);
  if ('error' in found) throw found.error;
  assert.equal(`${found.service}:${found.operation.name}`, `${op.service.name}:${op.name}`);
  return found;
}

function send(sdk: Sdk, op: OperationModel, input: Values): Promise<Values> {
  const Command = sdk.module[`${op.name}Command`] as new (input: unknown) => unknown;
  return sdk.client.send(new Command(input));
}

function compare(actual: unknown, expected: unknown, partial: boolean, what: string): void {
  if (partial) assert.deepEqual(actual, pruned(expected, actual), what);
  else assert.deepStrictEqual(actual, expected, what);
}

/** `value` without members that `known` lacks. */
function pruned(value: unknown, known: unknown): unknown {
  if (known === undefined || typeof value !== 'object' || value === null || typeof known !== 'object')
    return known && value;
  if (value instanceof Date || value instanceof Uint8Array || known === null) return value;
  if (Array.isArray(value)) return value.map((item, i) => pruned(item, (known as unknown[])[i]));
  const entries = Object.entries(value).filter(([key]) => key in known);
  return Object.fromEntries(entries.map(([key, item]) => [key, pruned(item, (known as Values)[key])]));
}

/** The sampled list of events as the stream that a handler would give. */
function streamed(shape: ShapeModel | undefined, output: Values): Values {
  const stream = shape?.members.find((m) => m.shape.eventStream);
  if (stream === undefined) return output;
  const events = output[stream.name] as Values[];
  const generate = async function* () {
    yield* events;
  };
  return { ...output, [stream.name]: generate() };
}

/** Streams of the SDK's output as bytes or as a list of events. */
async function collected(value: unknown): Promise<unknown> {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if ('transformToByteArray' in value)
    return new Uint8Array(await (value as { transformToByteArray(): Promise<Uint8Array> }).transformToByteArray());
  if (!(Symbol.asyncIterator in value)) return value;
  return Array.fromAsync(value as AsyncIterable<unknown>);
}
