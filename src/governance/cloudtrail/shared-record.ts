import type { Call } from '#runtime/call.ts';
import type { Outcome } from '#runtime/installation.ts';
import { newRequestId } from '#runtime/request-id.ts';
import type { AuditWrite } from '#store/store.ts';
import { recordCall } from './record.ts';

/**
 * The records of a finished call. A call on what other accounts own is on record there as well, under one `sharedEventID`; their owners see
 * of the caller the account and the unique id (CloudTrail user guide, "sharedEventID" and "userIdentity", type AWSAccount).
 */
export function recordsOf(call: Call, outcome: Outcome): readonly AuditWrite[] {
  const owners = ownersOf(call);
  if (owners.length === 0) return [recordCall(call, outcome)];
  const sharedEventId = newRequestId();
  const copies = owners.map((account) =>
    recordCall({ ...call, eventId: newRequestId(), account, sharedEventId, seenBy: account }, outcome),
  );
  // Nobody could look up the record of a caller without an account.
  return call.account === '' ? copies : [recordCall({ ...call, sharedEventId }, outcome), ...copies];
}

/** Accounts other than the caller's that own what the call touched. */
function ownersOf({ account, owners, resources }: Call): readonly string[] {
  const others = new Set(owners);
  for (const { account: owner } of resources) if (owner !== undefined) others.add(owner);
  others.delete(account);
  return [...others].filter((owner) => /^\d{12}$/.test(owner));
}
