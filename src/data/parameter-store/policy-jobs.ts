import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { remove } from './delete.ts';
import { dueAt, type ParameterPolicy } from './engine/policies.ts';
import { policyActed } from './events.ts';
import { parameters, type VersionRow } from './records.ts';

const kind = 'ssm/policy';

/** One job per policy of a parameter: `name:index`. */
function idOf(ctx: Context, name: string, index: number): string {
  return jobId(ctx.account, ctx.region, `${name}:${index}`);
}

/** Schedules what a new version's policies still have to do; each change moves NoChangeNotification. */
export function schedulePolicies(ctx: Context, name: string, version: VersionRow): void {
  for (const [index, policy] of version.policies.entries()) {
    const runAt = dueAt(policy, version.policies, version.modified);
    ctx.schedule({ kind, id: idOf(ctx, name, index), runAt });
  }
}

export function cancelPolicies(ctx: Context, name: string, version: VersionRow): void {
  for (const index of version.policies.keys()) ctx.schedule({ kind, id: idOf(ctx, name, index), runAt: undefined });
}

/** Runs when a policy is due: expiration deletes the parameter, notifications publish their event. */
export async function actOnPolicy(what: string, _payload: unknown, ctx: Context): Promise<void> {
  const colon = what.lastIndexOf(':');
  const name = what.slice(0, colon);
  const row = await ctx.records.get(parameters, name);
  const index = Number(what.slice(colon + 1));
  const policy = row?.current.policies[index];
  // The parameter is gone, or has fewer policies now.
  if (row === undefined || policy === undefined) return;
  const due = dueAt(policy, row.current.policies, row.current.modified);
  // A change that came while the job was on its way may have moved it.
  if (due === undefined || due > ctx.now) return ctx.schedule({ kind, id: idOf(ctx, name, index), runAt: due });
  policyActed(ctx, name, policy, 'Success');
  if (policy.type === 'Expiration') {
    await remove(ctx, name);
    return;
  }
  const policies = row.current.policies.map(
    (entry): ParameterPolicy => (entry === policy ? { ...entry, status: 'Finished' } : entry),
  );
  ctx.records.put(parameters, name, { ...row, current: { ...row.current, policies } });
}
