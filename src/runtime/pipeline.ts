import { ConflictError, UnavailableError } from '#store/store.ts';
import type { WireRequest, WireResponse } from '#wire/message.ts';
import { type Route, route } from '#wire/route.ts';
import { ServiceError } from '#wire/service-error.ts';
import { authenticationError, familyOf } from '#wire/sigv4/authentication-error.ts';
import { validate } from '#wire/validate.ts';
import type { Call } from './call.ts';
import type { RequestFacts } from './context.ts';
import { evidenceKept, keepEvidence } from './evidence.ts';
import type { Installation } from './installation.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { type Attempt, find, isReadOnly, perform } from './perform.ts';
import { newRequestId } from './request-id.ts';
import { Unit } from './unit.ts';

/** Attempts before a call that others keep overtaking is throttled. */
const maxAttempts = 100;

/**
 * The way of a request: route → decode → authenticate → validate → authorise → handle → encode → commit.
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
  try {
    const call = await admit(house, request, facts, found, requestId);
    return await run(house, request, found, call);
  } catch (thrown) {
    const error = clientError(house, thrown, requestId, found);
    code = error.code;
    return found.protocol.encodeError(found.model, found.operation, error, requestId, request);
  } finally {
    const seconds = (performance.now() - started) / 1000;
    house.metrics.called(found.service, found.operation.name, code, seconds);
  }
}

/** Decodes, authenticates and finds the operation: from here on the call is known and audited. */
async function admit(
  house: Installation,
  request: WireRequest,
  facts: RequestFacts,
  found: Route,
  requestId: string,
): Promise<Call> {
  const now = house.clock.now();
  const principal = await house.authenticate(
    request,
    { signingName: found.model.signingName, protocol: found.protocol.name },
    now,
  );
  const { operation } = find(house, found.service, found.operation.name);
  if (principal.kind === 'anonymous' && operation.anonymous !== true && found.protocol.name !== 'rest-xml') {
    throw authenticationError('missingToken', familyOf(found.protocol.name));
  }
  return {
    requestId,
    eventId: newRequestId(),
    now,
    facts,
    service: found.service,
    operation: found.operation.name,
    model: found.model,
    operationModel: found.operation,
    principal,
    account: principal.account,
    region: found.region ?? house.region,
    input: found.protocol.decode(found.operation, request, found.labels),
    readOnly: isReadOnly(operation, found.operation.name),
    calledVia: [],
    resources: [],
    verdicts: [],
  };
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
  call: Call,
): Promise<WireResponse> {
  const attempt: Attempt = { unit: new Unit(), audits: [], verdicts: [] };
  call.verdicts.length = 0;
  call.resources.length = 0;
  let response: WireResponse;
  try {
    const invalid = validate(operation, call.input as Record<string, unknown>);
    if (invalid !== undefined) throw invalid;
    const output = await perform(house, attempt, call);
    response = protocol.encode(operation, output, call.requestId, request);
    attempt.audits.push(house.audit(call, { output }));
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    // What failed changes nothing, but it is on record before the client hears of it.
    attempt.audits.push(house.audit(call, { error }));
    await commit(house, new Unit(), attempt);
    throw error;
  }
  await commit(house, attempt.unit, attempt);
  return response;
}

/** State, events, audit and the evidence behind its decisions become durable together. */
async function commit(house: Installation, unit: Unit, { audits, verdicts }: Omit<Attempt, 'unit'>): Promise<void> {
  const evidence = await keepEvidence(house.store, unit, verdicts);
  await house.store.commit(unit.commit(audits));
  if (evidence.length > 0) evidenceKept(house.store, evidence);
  if (unit.schedules) house.wakeScheduler();
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
  return new ServiceError('InternalFailure', 'The request processing has failed because of an unknown error.', {
    status: 500,
  });
}
