import type { WireRequest, WireResponse } from '#wire/message.ts';
import { ServiceError } from '#wire/service-error.ts';
import { authenticationError } from '#wire/sigv4/authentication-error.ts';
import type { Call } from './call.ts';
import { commitAttempt } from './commit-attempt.ts';
import type { RequestFacts } from './context.ts';
import type { Installation } from './installation.ts';
import type { Attempt } from './perform.ts';
import { newRequestId } from './request-id.ts';
import { Staged } from './staged.ts';
import { Unit } from './unit.ts';

/** A route of the server's own that takes a signature, made for the service `ringwall`. */
export type SignedRoute = {
  /** As the audit record names it: `Backup`. */
  readonly name: string;
  readonly readOnly: boolean;
  /** @throws ServiceError when the caller may not */
  readonly permit: (call: Call, attempt: Attempt) => Promise<void>;
  readonly answer: (call: Call) => Promise<WireResponse>;
};

/** Authenticates, asks for permission, puts the call on record, and only then answers. */
export async function answerSigned(
  house: Installation,
  request: WireRequest,
  facts: RequestFacts,
  { name, readOnly, permit, answer }: SignedRoute,
): Promise<WireResponse> {
  try {
    const now = house.clock.now();
    const principal = await house.authenticate(request, { signingName: 'ringwall', protocol: 'rest-json' }, now);
    if (principal.kind === 'anonymous') throw authenticationError('missingToken', 'rest-json');
    const call: Call = {
      requestId: newRequestId(),
      eventId: newRequestId(),
      now,
      facts,
      service: 'ringwall',
      operation: name,
      eventSource: 'ringwall',
      operationModel: undefined,
      principal,
      account: principal.account,
      region: house.region,
      input: {},
      readOnly,
      calledVia: [],
      resources: [],
      verdicts: [],
      staged: new Staged(),
    };
    await permitted(house, call, permit);
    return await answer(call);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return answerJson(error.status ?? 403, { error: error.message, code: error.code });
  }
}

async function permitted(house: Installation, call: Call, permit: SignedRoute['permit']): Promise<void> {
  const attempt: Attempt = { unit: new Unit(), audits: [], verdicts: [], watches: [] };
  try {
    await permit(call, attempt);
    attempt.audits.push(...house.audit(call, { output: {} }));
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    attempt.audits.push(...house.audit(call, { error }));
    await commitAttempt(house, { ...attempt, unit: new Unit() });
    throw error;
  }
  await commitAttempt(house, attempt);
}

export function answerJson(status: number, body: object): WireResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(body)}\n` };
}
