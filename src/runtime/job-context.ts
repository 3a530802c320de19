import type { AuditWrite } from '#store/store.ts';
import type { Call } from './call.ts';
import { CallContext } from './call-context.ts';
import type { Context } from './context.ts';
import type { Installation } from './installation.ts';
import type { Attempt } from './perform.ts';
import { servicePrincipal } from './principal.ts';
import { newRequestId } from './request-id.ts';
import type { Service } from './service.ts';
import type { Unit } from './unit.ts';

/** The context of a job: the service on its own behalf, at a place. */
export function jobContext(
  house: Installation,
  unit: Unit,
  service: Service,
  name: string,
  account: string,
  region: string,
): { readonly ctx: Context; readonly audits: AuditWrite[] } {
  const attempt: Attempt = { unit, audits: [], verdicts: [] };
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
  };
  return { ctx: new CallContext(house, attempt, call, service), audits: attempt.audits };
}
