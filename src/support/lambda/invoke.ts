import type { Output } from '#runtime/api-types.ts';
import { ServiceError } from '#wire/service-error.ts';
import { functionResource, loadFunction, type Named, named, qualifiedArn } from './access.ts';
import type { Input, Operation } from './api.ts';
import { queueEvent } from './async-events.ts';
import { isVersion, latest } from './engine/function-name.ts';
import { refusePayload } from './engine/payload.ts';
import { routed } from './engine/routing.ts';
import { functionNotFound } from './errors.ts';
import { execute, lot, newTraceId } from './execution.ts';
import { type FunctionRow, findAlias, findVersion, type VersionRow } from './records.ts';

/** Lambda quotas, "Invocation payload". */
const maxPayload = { RequestResponse: 6_291_456, Event: 1_048_576, DryRun: 6_291_456 };

export const Invoke: Operation<'Invoke'> = {
  action: 'lambda:InvokeFunction',
  resource: (input, ctx) => functionResource(input, ctx),
  dataEvent: true,
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    const type = input.InvocationType ?? 'RequestResponse';
    const payload = (input.Payload ?? new Uint8Array()) as Uint8Array;
    checkPayload(payload, maxPayload[type]);
    const clientContext = checkedContext(input.ClientContext);
    const requestId = ctx.http === undefined ? ctx.uuid() : ctx.requestId;
    const target = await targetOf(of, requestId);
    if (type === 'DryRun') return { StatusCode: 204 };
    const traceId = ctx.http?.headers['x-amzn-trace-id'] ?? newTraceId(ctx);
    const event = { requestId, traceId, clientContext };
    if (type === 'Event') {
      queueEvent(ctx, of, { ...event, payload: Buffer.from(payload).toString() });
      return { StatusCode: 202 };
    }
    const { account, region } = of;
    return answer(
      await execute(ctx, { ...event, account, region, payload, invokedArn: qualifiedArn(of, of.qualifier), ...target }),
      target.version.version,
      input,
    );
  },
};

export const InvokeAsync: Operation<'InvokeAsync'> = {
  action: 'lambda:InvokeFunction',
  resource: (input, ctx) => functionResource(input, ctx),
  dataEvent: true,
  handle: async ({ FunctionName, InvokeArgs }, ctx) => {
    const of = named({ FunctionName }, ctx);
    const args = await ctx.once(`arguments ${of.arn}`, () =>
      collected(InvokeArgs as AsyncIterable<Uint8Array> | Uint8Array),
    );
    checkPayload(args, maxPayload.Event);
    const requestId = ctx.http === undefined ? ctx.uuid() : ctx.requestId;
    await targetOf(of, requestId);
    const traceId = newTraceId(ctx);
    queueEvent(ctx, of, { requestId, traceId, clientContext: undefined, payload: Buffer.from(args).toString() });
    return { Status: 202 };
  },
};

/** The version that a call reaches: an alias may divide its calls. @throws ServiceError ResourceNotFoundException */
export async function targetOf(
  of: Named,
  requestId: string,
): Promise<{ readonly row: FunctionRow; readonly version: VersionRow }> {
  const { qualifier = latest } = of;
  const missing = qualifiedArn(of, qualifier);
  const row = await loadFunction(of, missing);
  const alias = isVersion(qualifier) ? undefined : await findAlias(of.records, of.name, qualifier);
  const number = isVersion(qualifier) ? qualifier : alias && routed(alias.version, alias.weights, lot(requestId));
  const version = number === undefined ? undefined : await findVersion(of.records, row, number);
  if (version === undefined) throw functionNotFound(missing);
  return { row, version };
}

function answer(
  { failed, payload, tail }: Awaited<ReturnType<typeof execute>>,
  version: string,
  input: Input<'Invoke'>,
): Output<'lambda', 'Invoke'> {
  return {
    StatusCode: 200,
    ExecutedVersion: version,
    Payload: payload as never,
    ...(failed ? { FunctionError: 'Unhandled' } : {}),
    ...(input.LogType === 'Tail' ? { LogResult: tail.toString('base64') } : {}),
  };
}

function checkPayload(payload: Uint8Array, max: number): void {
  if (payload.length > max) {
    throw new ServiceError(
      'RequestTooLargeException',
      `Request must be smaller than ${max} bytes for the InvokeFunction operation`,
      { members: { Type: 'User' } },
    );
  }
  const refusal = refusePayload(payload);
  if (refusal !== undefined) throw unreadable(`Could not parse request body into json: ${refusal}`);
}

/** JSON in base64, as the header of the Runtime API carries it. */
function checkedContext(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
    const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
    if (typeof value === 'object' && value !== null) return JSON.stringify(value).replace(/[^\x20-\x7e]/g, escaped);
  } catch {
    // Refused below.
  }
  throw unreadable('Client context must be a valid Base64-encoded JSON object.');
}

function unreadable(message: string): ServiceError {
  return new ServiceError('InvalidRequestContentException', message, { members: { Type: 'User' } });
}

async function collected(body: AsyncIterable<Uint8Array> | Uint8Array): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    chunks.push(chunk);
    if (size > maxPayload.Event) break;
  }
  return Buffer.concat(chunks);
}
