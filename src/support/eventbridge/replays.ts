import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { jobId } from '#runtime/run-job.ts';
import { ServiceError } from '#wire/service-error.ts';
import { busResource, openBus } from './access.ts';
import { exists, type Input, invalid, limitExceeded, notFound, type Operation, present } from './api.ts';
import { type BusReference, busArn, busReference, ownArn } from './names.ts';
import { namedPage } from './page.ts';
import { archives, type ReplayRow, replays } from './records.ts';
import { replayKind } from './replay-run.ts';

/** Replays under way at once in an account and Region; AWS's quota. */
const maxActive = 10;

export const StartReplay: Operation<'StartReplay'> = {
  resource: async ({ ReplayName, EventSourceArn, Destination }, ctx) => [
    replayResource(ctx, ReplayName),
    { arn: EventSourceArn },
    await busResource(ctx, busReference(Destination.Arn, ctx)),
  ],
  handle: async (input, ctx) => {
    const { ReplayName: name, Destination } = input;
    const archive = await checkReplay(ctx, input);
    if ((await ctx.records.get(replays, name)) !== undefined) throw exists(`Replay ${name}`);
    const under = await ctx.records.listIndex(replays, 'by-activity', { equals: 'active', limit: maxActive });
    if (under.length >= maxActive) throw limitExceeded();
    const row: ReplayRow = {
      name,
      description: input.Description,
      archive,
      bus: busReference(Destination.Arn, ctx).name,
      filterArns: Destination.FilterArns,
      state: 'STARTING',
      stateReason: undefined,
      from: input.EventStartTime.getTime(),
      to: input.EventEndTime.getTime(),
      started: ctx.now,
      ended: undefined,
      lastReplayed: undefined,
    };
    ctx.records.create(replays, name, row);
    ctx.schedule({ kind: replayKind, id: jobId(ctx.account, ctx.region, name), runAt: ctx.now });
    return { ReplayArn: ownArn(ctx, 'replay', name), State: row.state, ReplayStartTime: new Date(row.started) };
  },
};

/** A replay that is under way ends with the batch that it is at. */
export const CancelReplay: Operation<'CancelReplay'> = {
  resource: ({ ReplayName }, ctx) => replayResource(ctx, ReplayName),
  handle: async ({ ReplayName }, ctx) => {
    const row = await openReplay(ctx, ReplayName);
    if (row.state !== 'STARTING' && row.state !== 'RUNNING') {
      const text = `Replay ${ReplayName} is not in a valid state for this operation.`;
      throw new ServiceError('IllegalStatusException', text);
    }
    ctx.records.put(replays, ReplayName, { ...row, state: 'CANCELLING' });
    ctx.schedule({ kind: replayKind, id: jobId(ctx.account, ctx.region, ReplayName), runAt: ctx.now });
    return { ReplayArn: ownArn(ctx, 'replay', ReplayName), State: 'CANCELLING' };
  },
};

export const DescribeReplay: Operation<'DescribeReplay'> = {
  resource: ({ ReplayName }, ctx) => replayResource(ctx, ReplayName),
  handle: async ({ ReplayName }, ctx) => {
    const row = await openReplay(ctx, ReplayName);
    return present({
      ...shownReplay(ctx, row),
      ReplayArn: ownArn(ctx, 'replay', row.name),
      Description: row.description,
      Destination: present({ Arn: busArn(busOf(ctx, row)), FilterArns: row.filterArns }),
    });
  },
};

export const ListReplays: Operation<'ListReplays'> = {
  resource: () => '*',
  handle: async ({ State, EventSourceArn, ...input }, ctx) => {
    const keep = (row: ReplayRow) =>
      (State === undefined || row.state === State) &&
      (EventSourceArn === undefined || ownArn(ctx, 'archive', row.archive) === EventSourceArn);
    const { entries, nextToken } = await namedPage(ctx, replays, input, keep);
    return present({ Replays: entries.map((row) => shownReplay(ctx, row)), NextToken: nextToken });
  },
};

function replayResource(ctx: Context, name: string): ResourceRef {
  const arn = ownArn(ctx, 'replay', name);
  ctx.audit([{ arn, type: 'AWS::Events::Replay' }]);
  return { arn };
}

async function openReplay(ctx: Context, name: string): Promise<ReplayRow> {
  const row = await ctx.records.get(replays, name);
  if (row === undefined) throw notFound(`Replay ${name} does not exist.`);
  return row;
}

function busOf({ account, region }: Context, { bus }: ReplayRow): BusReference {
  return { account, region, name: bus };
}

/** The archive's name. Texts are AWS's (recordings). @throws ServiceError */
async function checkReplay(ctx: Context, input: Input<'StartReplay'>): Promise<string> {
  const { EventSourceArn, EventStartTime, EventEndTime, Destination } = input;
  await openBus(ctx, busReference(Destination.Arn, ctx));
  const name = EventSourceArn.slice(EventSourceArn.indexOf('/') + 1);
  const archive = ownArn(ctx, 'archive', name) === EventSourceArn ? await ctx.records.get(archives, name) : undefined;
  if (archive === undefined) {
    throw invalid(`Parameter EventSourceArn is not valid. Reason: Archive ${name} does not exist.`);
  }
  if (busArn({ account: ctx.account, region: ctx.region, name: archive.bus }) !== Destination.Arn) {
    throw invalid('Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.');
  }
  if (EventStartTime.getTime() >= EventEndTime.getTime()) {
    throw invalid('Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.');
  }
  return name;
}

function shownReplay(ctx: Context, row: ReplayRow) {
  const date = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms));
  return present({
    ReplayName: row.name,
    EventSourceArn: ownArn(ctx, 'archive', row.archive),
    State: row.state,
    StateReason: row.stateReason,
    EventStartTime: date(row.from),
    EventEndTime: date(row.to),
    EventLastReplayedTime: date(row.lastReplayed),
    ReplayStartTime: date(row.started),
    ReplayEndTime: date(row.ended),
  });
}
