import { strict as assert } from 'node:assert';
import { randomBytes, randomUUID } from 'node:crypto';
import type { AuditWrite } from '#store/store.ts';
import { ServiceError } from '#wire/service-error.ts';
import { validate } from '#wire/validate.ts';
import type { Call } from './call.ts';
import { globalKeys, resourceKeys } from './condition-keys.ts';
import type { Context } from './context.ts';
import type { Installation, Verdict } from './installation.ts';
import { type AnyOperation, type Conditions, isUnsupported, type ResourceRef } from './operation.ts';
import { servicePrincipal } from './principal.ts';
import { Records } from './records.ts';
import { newRequestId } from './request-id.ts';
import type { Service } from './service.ts';
import type { Unit } from './unit.ts';

/** One attempt at a call: the unit that will commit, with the audit records and verdicts of the calls made inside. */
export type Attempt = { readonly unit: Unit; readonly audits: AuditWrite[]; readonly verdicts: Verdict[] };

/** Authorises and runs one operation inside an attempt. @throws ServiceError */
export async function perform(house: Installation, attempt: Attempt, call: Call): Promise<Record<string, unknown>> {
  const { service, operation } = find(house, call.service, call.operation);
  const ctx = contextOf(house, attempt, call, service);
  const input = call.input as never;
  if (operation.resource !== 'none') {
    const resources = refsOf(await operation.resource(input, ctx));
    const conditions = operation.conditions === undefined ? {} : await operation.conditions(input, ctx);
    const actions = actionsOf(operation, input, `${service.prefix}:${call.operation}`);
    for (const action of actions) {
      for (const resource of resources) await authorise(house, attempt, call, action, resource, conditions);
    }
  }
  return (await operation.handle(input, ctx)) as Record<string, unknown>;
}

/** The operation a call names. @throws ServiceError when it is not built */
export function find(
  house: Installation,
  serviceName: string,
  operationName: string,
): { readonly service: Service; readonly operation: AnyOperation } {
  const service = house.services.get(serviceName);
  const operation = service?.operations[operationName];
  if (service === undefined || operation === undefined || isUnsupported(operation)) {
    const reason =
      operation !== undefined && isUnsupported(operation) ? operation.unsupported : 'it is not part of this release';
    throw new ServiceError(
      'UnsupportedOperation',
      `Ringwall does not serve ${serviceName}:${operationName}: ${reason}.`,
      {
        status: 400,
      },
    );
  }
  return { service, operation };
}

const readingVerbs = /^(?:Get|List|Describe|Lookup|BatchGet|Simulate|Decode|Search|Check|Test|Validate|Filter|Select)/;

/** CloudTrail's read-only mark. */
export function isReadOnly(operation: AnyOperation, name: string): boolean {
  return operation.readOnly ?? readingVerbs.test(name);
}

async function authorise(
  house: Installation,
  attempt: Attempt,
  call: Call,
  action: string,
  resource: ResourceRef,
  conditions: Conditions,
): Promise<void> {
  const resourceAccount = resource.account ?? accountIn(resource.arn) ?? call.account;
  const keys = Object.assign(
    globalKeys(call.principal, call.facts, call.region, call.now, call.calledVia),
    resourceKeys(resource, resourceAccount),
    conditions,
  );
  const verdict = await house.authorise({ principal: call.principal, action, resource, resourceAccount, keys });
  call.verdicts.push(verdict);
  attempt.verdicts.push(verdict);
  if (verdict.denied !== undefined) throw verdict.denied;
}

function contextOf(house: Installation, attempt: Attempt, call: Call, service: Service): Context {
  const { unit } = attempt;
  const context: Context = {
    requestId: call.requestId,
    service: service.name,
    operation: call.operation,
    principal: call.principal,
    account: call.account,
    region: call.region,
    partition: house.partition,
    now: call.now,
    request: call.facts,
    calledVia: call.calledVia,
    records: new Records(house.store, unit, call.account, call.region),
    seal: house.seal,
    random: (length) => randomBytes(length),
    uuid: () => randomUUID(),
    call: async (api, name, input, options = {}) => {
      const { operation } = find(house, api, name);
      const model = house.model(api);
      const operationModel = model.operation(name);
      assert(operationModel !== undefined, `INVARIANT: \`${api}\` has an operation \`${name}\``);
      const inner: Call = {
        ...call,
        eventId: newRequestId(),
        service: api,
        operation: name,
        model,
        operationModel,
        principal: options.as === 'service' ? servicePrincipal(service.host) : call.principal,
        account: options.account ?? call.account,
        region: options.region ?? call.region,
        input: input as Readonly<Record<string, unknown>>,
        readOnly: isReadOnly(operation, name),
        calledVia: [...call.calledVia, service.host],
        resources: [],
        verdicts: [],
      };
      const invalid = validate(operationModel, inner.input as Record<string, unknown>);
      if (invalid !== undefined) throw invalid;
      try {
        const output = await unit.nested(() => perform(house, attempt, inner));
        attempt.audits.push(house.audit(inner, { output }));
        return output as never;
      } catch (error) {
        if (error instanceof ServiceError) attempt.audits.push(house.audit(inner, { error }));
        throw error;
      }
    },
    authorise: (action, resource, conditions = {}) => authorise(house, attempt, call, action, resource, conditions),
    knowsPrincipal: (arn) => house.knowsPrincipal(arn),
    readAudit: (range) => house.store.readAudit(range),
    emit: (event) => {
      unit.event({
        topic: 'event',
        account: call.account,
        region: call.region,
        body: { ...event, id: randomUUID(), time: call.now, account: call.account, region: call.region },
      });
    },
    schedule: (job) => unit.job(job),
    audit: (resources) => {
      call.resources.push(...resources);
    },
  };
  return context;
}

function actionsOf(operation: AnyOperation, input: never, byName: string): readonly string[] {
  const { action } = operation;
  const named = typeof action === 'function' ? action(input) : (action ?? byName);
  return typeof named === 'string' ? [named] : named;
}

function refsOf(found: string | ResourceRef | readonly ResourceRef[]): readonly ResourceRef[] {
  if (typeof found === 'string') return [{ arn: found }];
  return Array.isArray(found) ? found : [found as ResourceRef];
}

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
    model: house.model(service.name),
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
  return { ctx: contextOf(house, attempt, call, service), audits: attempt.audits };
}

/** Account field of an ARN; undefined where it is empty. */
function accountIn(arn: string): string | undefined {
  const account = arn.split(':', 5)[4];
  return account === undefined || account === '' ? undefined : account;
}
