import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { busResource, openBus } from './access.ts';
import { exists, invalid, notFound, type Operation, present } from './api.ts';
import { clearArchive, scheduleRetention } from './archive-keeping.ts';
import { type BusReference, busArn, busReference, ownArn } from './names.ts';
import { namedPage } from './page.ts';
import { type ArchiveRow, archiveSizes, archives } from './records.ts';
import { patternsChanged } from './rule-sets.ts';
import { checkPattern } from './rules.ts';

export const CreateArchive: Operation<'CreateArchive'> = {
  resource: async ({ ArchiveName, EventSourceArn }, ctx) => [
    archiveResource(ctx, ArchiveName),
    await busResource(ctx, busReference(EventSourceArn, ctx)),
  ],
  handle: async (input, ctx) => {
    const { ArchiveName: name, EventSourceArn, EventPattern } = input;
    const bus = busReference(EventSourceArn, ctx);
    await openBus(ctx, ownBus(ctx, bus));
    if (EventPattern !== undefined) checkPattern(EventPattern);
    if ((await ctx.records.get(archives, name)) !== undefined) throw exists(`Archive ${name}`);
    const row: ArchiveRow = {
      name,
      bus: bus.name,
      description: input.Description,
      pattern: EventPattern,
      retentionDays: input.RetentionDays ?? 0,
      kmsKey: input.KmsKeyIdentifier,
      created: ctx.now,
    };
    ctx.records.create(archives, name, row);
    scheduleRetention(ctx, row);
    await patternsChanged(ctx, bus);
    return changed(ctx, row);
  },
};

export const UpdateArchive: Operation<'UpdateArchive'> = {
  resource: ({ ArchiveName }, ctx) => archiveResource(ctx, ArchiveName),
  handle: async ({ ArchiveName, Description, EventPattern, RetentionDays, KmsKeyIdentifier }, ctx) => {
    if ([Description, EventPattern, RetentionDays, KmsKeyIdentifier].every((each) => each === undefined)) {
      throw invalid('At least one of EventPattern, RetentionDays or Description must be provided.');
    }
    if (EventPattern !== undefined) checkPattern(EventPattern);
    const known = await openArchive(ctx, ArchiveName);
    const row: ArchiveRow = {
      ...known,
      description: Description ?? known.description,
      pattern: EventPattern ?? known.pattern,
      retentionDays: RetentionDays ?? known.retentionDays,
      kmsKey: KmsKeyIdentifier ?? known.kmsKey,
    };
    ctx.records.put(archives, ArchiveName, row);
    scheduleRetention(ctx, row);
    await patternsChanged(ctx, busOf(ctx, row));
    return changed(ctx, row);
  },
};

export const DescribeArchive: Operation<'DescribeArchive'> = {
  resource: ({ ArchiveName }, ctx) => archiveResource(ctx, ArchiveName),
  handle: async ({ ArchiveName }, ctx) => {
    const row = await openArchive(ctx, ArchiveName);
    return present({
      ArchiveArn: ownArn(ctx, 'archive', row.name),
      ...(await shownArchive(ctx, row)),
      Description: row.description,
      EventPattern: row.pattern,
      KmsKeyIdentifier: row.kmsKey,
    });
  },
};

export const ListArchives: Operation<'ListArchives'> = {
  resource: () => '*',
  handle: async ({ EventSourceArn, State, ...input }, ctx) => {
    const bus = EventSourceArn === undefined ? undefined : busReference(EventSourceArn, ctx);
    if (bus !== undefined) await openBus(ctx, bus);
    const keep = (row: ArchiveRow) =>
      (bus === undefined || row.bus === bus.name) && (State === undefined || State === 'ENABLED');
    const { entries, nextToken } = await namedPage(ctx, archives, input, keep);
    const Archives = await Promise.all(entries.map((row) => shownArchive(ctx, row)));
    return present({ Archives, NextToken: nextToken });
  },
};

/** What an archive holds goes a little later, by a job. */
export const DeleteArchive: Operation<'DeleteArchive'> = {
  resource: ({ ArchiveName }, ctx) => archiveResource(ctx, ArchiveName),
  handle: async ({ ArchiveName }, ctx) => {
    const row = await openArchive(ctx, ArchiveName);
    ctx.records.delete(archives, ArchiveName);
    if ((await ctx.records.get(archiveSizes, ArchiveName)) !== undefined) ctx.records.delete(archiveSizes, ArchiveName);
    clearArchive(ctx, ArchiveName);
    await patternsChanged(ctx, busOf(ctx, row));
    return {};
  },
};

/** @throws ServiceError ResourceNotFoundException */
export async function openArchive(ctx: Context, name: string): Promise<ArchiveRow> {
  const row = await ctx.records.get(archives, name);
  if (row === undefined) throw notFound(`Archive ${name} does not exist.`);
  return row;
}

function archiveResource(ctx: Context, name: string): ResourceRef {
  const arn = ownArn(ctx, 'archive', name);
  ctx.audit([{ arn, type: 'AWS::Events::Archive' }]);
  return { arn };
}

/** Archives belong to the account of their bus. */
function ownBus(ctx: Context, bus: BusReference): BusReference {
  if (bus.account === ctx.account && bus.region === ctx.region) return bus;
  throw notFound(`Event bus ${bus.name} does not exist.`);
}

function busOf({ account, region }: Context, { bus }: ArchiveRow): BusReference {
  return { account, region, name: bus };
}

function changed(ctx: Context, row: ArchiveRow) {
  const ArchiveArn = ownArn(ctx, 'archive', row.name);
  return { ArchiveArn, State: 'ENABLED', CreationTime: new Date(row.created) } as const;
}

async function shownArchive(ctx: Context, row: ArchiveRow) {
  const { events, bytes } = (await ctx.records.get(archiveSizes, row.name)) ?? { events: 0, bytes: 0 };
  return {
    ArchiveName: row.name,
    EventSourceArn: busArn(busOf(ctx, row)),
    State: 'ENABLED',
    RetentionDays: row.retentionDays,
    SizeBytes: bytes,
    EventCount: events,
    CreationTime: new Date(row.created),
  } as const;
}
