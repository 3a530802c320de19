import type { Call } from './call.ts';
import { globalKeys, resourceKeys } from './condition-keys.ts';
import type { Installation } from './installation.ts';
import type { Conditions, ResourceRef } from './operation.ts';
import type { Attempt } from './perform.ts';

/** Asks whether the caller may do `action` on a resource. @throws ServiceError AccessDenied */
export async function authorise(
  house: Installation,
  attempt: Attempt,
  call: Call,
  action: string,
  resource: ResourceRef,
  conditions: Conditions,
): Promise<void> {
  const resourceAccount = resource.account ?? accountIn(resource.arn) ?? call.account;
  if (resourceAccount !== call.account) {
    call.owners ??= new Set();
    call.owners.add(resourceAccount);
  }
  const keys = Object.assign(globalKeys(call), resourceKeys(resource, resourceAccount), conditions);
  const verdict = await house.authorise({ principal: call.principal, action, resource, resourceAccount, keys });
  call.verdicts.push(verdict);
  attempt.verdicts.push(verdict);
  if (verdict.denied !== undefined) throw verdict.denied;
}

/** Account field of an ARN; undefined where it is empty. */
function accountIn(arn: string): string | undefined {
  const account = arn.split(':', 5)[4];
  return account === undefined || account === '' ? undefined : account;
}
