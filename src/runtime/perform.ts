import type { AuditWrite } from '#store/store.ts';
import { ServiceError } from '#wire/service-error.ts';
import { authorise } from './authorise.ts';
import type { Call } from './call.ts';
import { CallContext } from './call-context.ts';
import type { Watch } from './changes.ts';
import type { Installation, Verdict } from './installation.ts';
import { type AnyOperation, isUnsupported, type ResourceRef } from './operation.ts';
import type { Service } from './service.ts';
import type { Unit } from './unit.ts';

/** One attempt at a call: the unit that will commit, with the audit records and verdicts of the calls made inside. */
export type Attempt = {
  readonly unit: Unit;
  readonly audits: AuditWrite[];
  readonly verdicts: Verdict[];
  /** Ended with the attempt. */
  readonly watches: Watch[];
  /** Calls made inside so far: their order tells them apart. */
  calls?: number;
};

/** Authorises and runs one operation inside an attempt. @throws ServiceError */
export async function perform(house: Installation, attempt: Attempt, call: Call): Promise<Record<string, unknown>> {
  const { service, operation } = find(house, call.service, call.operation);
  const ctx = new CallContext(house, attempt, call, service);
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
  const operation = service?.operations[operationName] ?? service?.unmodelled?.[operationName];
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
export function isReadOnly(operation: Pick<AnyOperation, 'readOnly'>, name: string): boolean {
  return operation.readOnly ?? readingVerbs.test(name);
}

/** CloudTrail's data event: what is done to the contents of a resource. False for operations that are not built. */
export function isDataEvent(house: Installation, serviceName: string, operationName: string): boolean {
  const service = house.services.get(serviceName);
  const operation = service?.operations[operationName] ?? service?.unmodelled?.[operationName];
  return operation !== undefined && !isUnsupported(operation) && operation.dataEvent === true;
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
