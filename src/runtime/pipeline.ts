import { ConflictError, UnavailableError } from '#store/store.ts';
import type { WireRequest, WireResponse } from '#wire/message.ts';
import { type Route, route } from '#wire/route.ts';
import { ServiceError } from '#wire/service-error.ts';
import { authenticationError, familyOf } from '#wire/sigv4/authentication-error.ts';
import { unsignedBody } from '#wire/sigv4/body.ts';
import { validate } from '#wire/validate.ts';
import type { Call } from './call.ts';
import { commitAttempt } from './commit-attempt.ts';
import type { RequestFacts } from './context.ts';
import type { Installation, Proof } from './installation.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { type Attempt, find, isDataEvent, isReadOnly, perform } from './perform.ts';
import { newRequestId } from './request-id.ts';
import { Staged } from './staged.ts';
import { Unit } from './unit.ts';

/** Attempts before a call that others keep overtaking is throttled. */
const maxAttempts = 100;

/**
 * The way of a request: route → authenticate → decode → validate → authorise → handle → encode → commit.
 *
 * Validation comes before authorisation, so that resources and condition keys are computed from input that fits the model; the answer is
 * encoded before the commit, so that what cannot be answered changes nothing. Nothing leaves before the commit is durable.
 */
export async function answer(house: Installation, request: WireRequest, facts: RequestFacts): Promise<WireResponse> {
  const requestId = newRequestId();
  const started = performance.now();
  const found = route(request);
  if ('error' in found) {
    house.metrics.called(found.service ?? 'unknown', 'unknown', found.error.code, 0);
    return found.protocol.encodeError(found.model, undefined, found.error, requestId, request);
  }
  let code = 'ok';
  const answerHeaders: Record<string, string> = {};
  let call: Call | undefined;
  let response: WireResponse | undefined;
  try {
    call = await admit(house, request, facts, found, requestId, answerHeaders);
    response = await run(house, request, found, call);
    Object.assign(response.headers, answerHeaders);
    return response;
  } catch (thrown) {
    const error = clientError(house, thrown, requestId, found);
    code = error.code;
    response = found.protocol.encodeError(found.model, found.operation, error, requestId, request);
    Object.assign(response.headers, answerHeaders);
    return response;
  } finally {
    const seconds = (performance.now() - started) / 1000;
    house.metrics.called(found.service, found.operation.name, code, seconds);
    const hears = house.services.get(found.service)?.answered;
    if (hears !== undefined && call !== undefined && response !== undefined) {
      const bytes = Number(response.headers['content-length'] ?? lengthOf(response.body));
      const told = { call, requestId, request, status: response.status, code, bytes, ms: seconds * 1000 };
      hears(told, (slot) => slot.of(house));
    }
  }
}

function lengthOf(body: WireResponse['body']): number {
  return typeof body === 'string' || body instanceof Uint8Array ? body.length : 0;
}

/** Authenticates, finds the operation and decodes. A known caller's call is on record from here on, whatever becomes of it. */
async function admit(
  house: Installation,
  request: WireRequest,
  facts: RequestFacts,
  found: Route,
  requestId: string,
  answerHeaders: Record<string, string>,
): Promise<Call> {
  const { protocol, model, operation: operationModel } = found;
  const now = house.clock.now();
  const scheme = { signingName: model.signingName, protocol: protocol.name };
  let proof: Proof | undefined;
  const principal = await house.authenticate(request, scheme, now, (proven) => {
    proof = proven;
  });
  const body = proof === undefined ? unsignedBody(request) : proof.body;
  const call: Call = {
    requestId,
    eventId: newRequestId(),
    now,
    facts,
    http: { ...request, signature: proof?.signature, answer: answerHeaders },
    service: found.service,
    operation: operationModel.name,
    eventSource: `${model.endpointPrefix}.amazonaws.com`,
    operationModel,
    principal,
    account: principal.account,
    region: found.region ?? house.region,
    input: {},
    readOnly: isReadOnly({}, operationModel.name),
    dataEvent: isDataEvent(house, found.service, operationModel.name),
    calledVia: [],
    resources: [],
    verdicts: [],
    staged: new Staged(),
  };
  try {
    const { operation } = find(house, call.service, call.operation);
    if (principal.kind === 'anonymous' && operation.anonymous !== true && protocol.name !== 'rest-xml') {
      throw authenticationError('missingToken', familyOf(protocol.name));
    }
    const input = protocol.decode(operationModel, body === request.body ? request : { ...request, body }, found.labels);
    return { ...call, input, readOnly: isReadOnly(operation, call.operation) };
  } catch (error) {
    // Nobody is known to have made an unsigned call.
    if (error instanceof ServiceError && principal.kind !== 'anonymous') {
      await house.store.commit(new Unit().commit(house.audit(call, { error })));
    }
    throw error;
  }
}

const overtaken = new KeyedQueue();

/** Runs the call until its unit commits. Overtaken by another call, it runs again, in turn with the others that were. */
async function run(house: Installation, request: WireRequest, found: Route, call: Call): Promise<WireResponse> {
  let turn: string | undefined;
  for (let tries = 0; tries < maxAttempts; tries += 1) {
    try {
      const attempt = () => attemptOnce(house, request, found, call);
      return await (turn === undefined ? attempt() : overtaken.run(turn, attempt));
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      house.metrics.conflicted();
      turn = `${error.key.collection}|${error.key.account}|${error.key.region}|${error.key.id}`;
    }
  }
  throw new ServiceError('ThrottlingException', 'Rate exceeded', { status: 400 });
}

async function attemptOnce(
  house: Installation,
  request: WireRequest,
  { protocol, operation }: Route,
  admitted: Call,
): Promise<WireResponse> {
  const attempt: Attempt = { unit: new Unit(), audits: [], verdicts: [], watches: [] };
  const call: Call = { ...admitted, resources: [], verdicts: [], owners: undefined };
  let response: WireResponse;
  try {
    const invalid = validate(operation, call.input as Record<string, unknown>);
    if (invalid !== undefined) throw invalid;
    const output = await perform(house, attempt, call);
    response = protocol.encode(operation, output, call.requestId, request);
    attempt.audits.push(...house.audit(call, { output }));
  } catch (error) {
    if (error instanceof ConflictError || error instanceof UnavailableError) throw error;
    // What failed changes nothing, but it is on record before the client hears of it.
    attempt.audits.push(...house.audit(call, { error: error instanceof ServiceError ? error : internalFailure() }));
    await commitAttempt(house, { ...attempt, unit: new Unit() });
    throw error;
  } finally {
    for (const watch of attempt.watches) watch.close();
  }
  await commitAttempt(house, attempt);
  return response;
}

/** What the client may know of a failure. Anything that is not a `ServiceError` is ours: logged, and answered without detail. */
function clientError(house: Installation, thrown: unknown, requestId: string, found: Route): ServiceError {
  if (thrown instanceof ServiceError) return thrown;
  const call = `${found.service}:${found.operation.name}`;
  if (thrown instanceof UnavailableError) {
    house.log.error({ requestId, call, reason: thrown.message }, 'the store is unavailable: call refused');
    return new ServiceError('ServiceUnavailable', 'The service is unable to handle the request right now.', {
      status: 503,
    });
  }
  house.log.error({ requestId, call, err: thrown }, 'a call failed inside');
  return internalFailure();
}

function internalFailure(): ServiceError {
  return new ServiceError('InternalFailure', 'The request processing has failed because of an unknown error.', {
    status: 500,
  });
}
