import type { Context } from '#runtime/context.ts';
import type { Published } from '#runtime/service.ts';
import { slot } from '#runtime/slot.ts';
import { ServiceError } from '#wire/service-error.ts';
import { accountSubscription } from './account-policies.ts';
import { openBlock } from './block.ts';
import { Breath, linesBetween } from './breath.ts';
import { groupArn } from './engine/names.ts';
import { compilePattern, type Pattern } from './engine/pattern/pattern.ts';
import { endBefore, startOf } from './engine/position.ts';
import { type Ingested, watched, watchedKey } from './ingested.ts';
import { MetricCount } from './metric-delivery.ts';
import { type Found, readEvents } from './reading.ts';
import { blocks, type GroupRow, groups, metricFilters, type SubscriptionRow, subscriptionFilters } from './records.ts';
import { type Delivery, deliver, messagesFor } from './subscriber-delivery.ts';

/** Compiled patterns, by their text. */
const compiled = slot(() => new Map<string, Pattern>());
const maxCompiled = 1_000;

/** Shows what came in to metric filters, subscription filters and those who look live. */
export async function takeIngested(
  events: readonly Published[],
  at: (account: string, region: string) => Context,
): Promise<void> {
  const breath = new Breath();
  const byGroup = Map.groupBy(
    events,
    ({ account, region, body }) => `${account}|${region}|${(body as Ingested).groupId}`,
  );
  for (const ofGroup of byGroup.values()) {
    const [first] = ofGroup;
    if (first === undefined) continue;
    const ctx = at(first.account, first.region);
    await takeOfGroup(
      ctx,
      ofGroup.map(({ body }) => body as Ingested),
      breath,
    );
  }
}

type Subscriber = {
  readonly row: Pick<SubscriptionRow, 'name' | 'groupName' | 'destinationArn'>;
  readonly pattern: Pattern;
};

async function takeOfGroup(ctx: Context, calls: readonly Ingested[], breath: Breath): Promise<void> {
  const { group: name, groupId } = calls[0] as Ingested;
  const row = await ctx.records.get(groups, name);
  if (row?.id !== groupId) return;
  const counts = await countsOf(ctx, row);
  const subscribers = await subscribersOf(ctx, row);
  const tails = [...(ctx.local(watched).get(watchedKey(ctx.account, ctx.region, groupId)) ?? [])];
  for (const call of calls) {
    const lines = await linesOf(ctx, call);
    const taken: Found[][] = subscribers.map(() => []);
    for (const [number, line] of lines.entries()) {
      if (number % linesBetween === 0) await breath.taken();
      for (const count of counts) count.look(line);
      for (const [index, { pattern }] of subscribers.entries())
        if (pattern.matches(line.message)) taken[index]?.push(line);
    }
    for (const tail of tails) tail.offer(ctx.account, groupArn(ctx.account, ctx.region, name), lines);
    for (const [index, { row: filter, pattern }] of subscribers.entries()) {
      const messages: readonly Delivery[] = messagesFor(ctx.account, filter, pattern, taken[index] ?? []);
      for (const message of messages) await deliver(ctx, message);
    }
  }
  for (const count of counts) await count.publish(ctx);
}

async function countsOf(ctx: Context, row: GroupRow): Promise<readonly MetricCount[]> {
  if (row.metricFilters === 0) return [];
  const listed = await ctx.records.list(metricFilters, { prefix: `${row.name}:` });
  return listed.map(({ value }) => new MetricCount(value, patternFor(ctx, value.pattern)));
}

async function subscribersOf(ctx: Context, row: GroupRow): Promise<readonly Subscriber[]> {
  const own =
    row.subscriptionFilters === 0 ? [] : await ctx.records.list(subscriptionFilters, { prefix: `${row.name}:` });
  const found = own.map(({ value }) => ({ row: value, pattern: patternFor(ctx, value.pattern) }));
  const ofAccount = await accountSubscription(ctx, row.name);
  return ofAccount === undefined ? found : [...found, { row: ofAccount, pattern: patternFor(ctx, ofAccount.pattern) }];
}

/** A stored pattern was read once already, when it was stored. */
function patternFor(ctx: Context, text: string): Pattern {
  const known = ctx.local(compiled);
  const found = known.get(text);
  if (found !== undefined) return found;
  const made = compilePattern(text);
  if ('refused' in made) throw new Error(`INVARIANT: a stored pattern is one: ${made.refused}`);
  if (known.size >= maxCompiled) known.clear();
  known.set(text, made.pattern);
  return made.pattern;
}

/** The lines of a call: in its block, or where that was merged into. Without the key of an encrypted group there are none. */
async function linesOf(
  ctx: Context,
  { block, stream, streamId, first, last, call }: Ingested,
): Promise<readonly Found[]> {
  try {
    const row = await ctx.records.get(blocks, block);
    const found: Found[] = [];
    if (row !== undefined) {
      const lines = await openBlock(ctx, ctx.records, row);
      for (let at = 0; at < lines.count; at += 1)
        found.push({ ...lines.line(at), stream: streamId, streamName: stream });
      return found;
    }
    await readEvents(ctx, ctx.records, {
      scope: { kind: 'streams', ids: [streamId] },
      after: endBefore(first),
      before: startOf(last + 1),
      direction: 'forward',
      take: (line) => {
        if (line.call === call) found.push(line);
        return true;
      },
    });
    return found;
  } catch (error) {
    if (error instanceof ServiceError) return [];
    throw error;
  }
}
