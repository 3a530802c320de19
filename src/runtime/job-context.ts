import type { Call } from './call.ts';
import { CallContext } from './call-context.ts';
import { commitAttempt } from './commit-attempt.ts';
import type { Context } from './context.ts';
import type { Installation } from './installation.ts';
import type { Attempt } from './perform.ts';
import { servicePrincipal } from './principal.ts';
import { newRequestId } from './request-id.ts';
import type { Service } from './service.ts';
import { Staged } from './staged.ts';
import type { Unit } from './unit.ts';

/** Work of a service on its own behalf: its context, and how what it did becomes durable. */
export type JobContext = {
  readonly ctx: Context;
  /** The same unit at another place. */
  readonly at: (account: string, region: string) => Context;
  commit(): Promise<void>;
  /** Ends its watches. */
  close(): void;
};

/**
 * The context of a job: the service on its own behalf, at a place.
 *
 * @param staged answers of `ctx.once`, for work that is run again
 */
export function jobContext(
  house: Installation,
  unit: Unit,
  service: Service,
  name: string,
  account: string,
  region: string,
  staged: Staged = new Staged(),
): JobContext {
  const attempt: Attempt = { unit, audits: [], verdicts: [], watches: [] };
  const call: Call = {
    requestId: newRequestId(),
    eventId: newRequestId(),
    now: house.clock.now(),
    facts: { sourceIp: service.host, userAgent: service.host, host: service.host, tls: undefined },
    service: service.name,
    operation: name,
    eventSource: `${house.model(service.name).endpointPrefix}.amazonaws.com`,
    operationModel: undefined,
    principal: servicePrincipal(service.host),
    account,
    region,
    input: {},
    readOnly: false,
    calledVia: [],
    resources: [],
    verdicts: [],
    staged,
  };
  return {
    ctx: new CallContext(house, attempt, call, service),
    at: (otherAccount, otherRegion) =>
      new CallContext(house, attempt, { ...call, account: otherAccount, region: otherRegion }, service),
    commit: () => commitAttempt(house, attempt),
    close: () => {
      for (const watch of attempt.watches) watch.close();
    },
  };
}
