import type { Context } from '#runtime/context.ts';
import { slot } from '#runtime/slot.ts';
import type { Tail } from './live-tail.ts';
import { accountPolicies, type GroupRow } from './records.ts';

/** What a call brought, as those who filter it hear of it: a reference, not the lines. */
export type Ingested = {
  readonly group: string;
  readonly groupId: string;
  readonly stream: string;
  readonly streamId: string;
  readonly block: string;
  readonly first: number;
  readonly last: number;
  readonly call: string;
};

export const topic = 'logs/ingested';

/** Who looks at a log group live in this process, by place and group id. */
export const watched = slot(() => new Map<string, Set<Tail>>());

export function watchedKey(account: string, region: string, groupId: string): string {
  return `${account}|${region}|${groupId}`;
}

/** Tells what came in where somebody wants to hear of it. */
export async function announce(
  ctx: Context,
  group: GroupRow,
  what: Omit<Ingested, 'group' | 'groupId'>,
): Promise<void> {
  const wanted =
    group.metricFilters > 0 ||
    group.subscriptionFilters > 0 ||
    ctx.local(watched).has(watchedKey(ctx.account, ctx.region, group.id)) ||
    (await ctx.records.get(accountPolicies, 'subscription')) !== undefined;
  if (wanted) ctx.publish(topic, { group: group.name, groupId: group.id, ...what } satisfies Ingested);
}
