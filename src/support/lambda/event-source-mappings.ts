import type { Output } from '#runtime/api-types.ts';
import type { Context } from '#runtime/context.ts';
import { pageOf } from '#runtime/page.ts';
import type { Listed } from '#runtime/records.ts';
import { named } from './access.ts';
import { activate, deactivate } from './active-work.ts';
import type { Operation } from './api.ts';
import { functionArn, isVersion, latest, parseFunction } from './engine/function-name.ts';
import { conflict, functionNotFound, invalidParameter, notFound } from './errors.ts';
import { mappingArn, mappingResource, targetArn } from './mapping-access.ts';
import { checkMapping } from './mapping-rules.ts';
import { findAlias, findVersion, functions, type MappingRow, mappings } from './records.ts';
import { unserved } from './settings.ts';
import { checkTags, tagKeys } from './tag-rules.ts';

type Shown = Output<'lambda', 'GetEventSourceMapping'>;

export const CreateEventSourceMapping: Operation<'CreateEventSourceMapping'> = {
  resource: () => '*',
  conditions: ({ FunctionName, Tags }, ctx) => ({
    'lambda:FunctionArn': arnOf(FunctionName, ctx),
    ...tagKeys(Tags),
  }),
  handle: async (input, ctx) => {
    const source = input.EventSourceArn;
    if (source === undefined) throw invalidParameter('Unrecognized event source.');
    refuseSource(source);
    if (input.DestinationConfig?.OnFailure?.Destination) {
      throw invalidParameter('Unsupported DestinationConfig parameter for given event source mapping type.');
    }
    checkTags({}, input.Tags ?? {});
    const target = await targetOf(ctx, input.FunctionName);
    const uuid = ctx.uuid();
    if (Object.keys(input.Tags ?? {}).length > 0) {
      // The mapping has no id yet that a policy could name.
      const arn = mappingArn(ctx.region, ctx.account, '*');
      await ctx.authorise('lambda:TagResource', { arn }, tagKeys(input.Tags));
    }
    const others = await ctx.records.listIndex(mappings, 'by-source', { equals: source });
    const same = others.find(({ value }) => value.functionName === target.name && value.qualifier === target.qualifier);
    if (same !== undefined) {
      throw conflict(
        `An event source mapping with SQS arn (" ${source} ") and function (" ${target.name} ") already exists. Please update or delete the existing mapping with UUID ${same.id}`,
      );
    }
    const enabled = input.Enabled ?? true;
    const row: MappingRow = {
      uuid,
      functionName: target.name,
      qualifier: target.qualifier,
      source,
      enabled,
      batchSize: input.BatchSize ?? 10,
      windowSeconds: input.MaximumBatchingWindowInSeconds ?? 0,
      filters: (input.FilterCriteria?.Filters ?? []).map(({ Pattern }) => Pattern ?? ''),
      kmsKeyArn: input.KMSKeyArn || undefined,
      reportsItems: input.FunctionResponseTypes?.includes('ReportBatchItemFailures') === true,
      maximumConcurrency: input.ScalingConfig?.MaximumConcurrency,
      tags: input.Tags ?? {},
      modified: ctx.now,
      change: { kind: 'Creating', at: ctx.now },
    };
    await checkMapping(ctx, row);
    ctx.records.create(mappings, uuid, row);
    if (enabled) await activate(ctx, { kind: 'mapping', account: ctx.account, region: ctx.region, what: uuid });
    return shown(ctx, row);
  },
};

export const GetEventSourceMapping: Operation<'GetEventSourceMapping'> = {
  resource: ({ UUID }, ctx) => mappingResource(ctx, UUID),
  conditions: ({ UUID }, ctx) => functionKey(UUID, ctx),
  handle: async ({ UUID }, ctx) => shown(ctx, await load(ctx, UUID)),
};

export const UpdateEventSourceMapping: Operation<'UpdateEventSourceMapping'> = {
  resource: ({ UUID }, ctx) => mappingResource(ctx, UUID),
  conditions: ({ UUID }, ctx) => functionKey(UUID, ctx),
  handle: async (input, ctx) => {
    const row = await load(ctx, input.UUID);
    const target =
      input.FunctionName === undefined
        ? { name: row.functionName, qualifier: row.qualifier }
        : await targetOf(ctx, input.FunctionName);
    const enabled = input.Enabled ?? row.enabled;
    const switched = enabled === row.enabled ? 'Updating' : enabled ? 'Enabling' : 'Disabling';
    const updated: MappingRow = {
      ...row,
      functionName: target.name,
      qualifier: target.qualifier,
      enabled,
      batchSize: input.BatchSize ?? row.batchSize,
      windowSeconds: input.MaximumBatchingWindowInSeconds ?? row.windowSeconds,
      filters:
        input.FilterCriteria === undefined
          ? row.filters
          : (input.FilterCriteria.Filters ?? []).map(({ Pattern }) => Pattern ?? ''),
      reportsItems:
        input.FunctionResponseTypes === undefined
          ? row.reportsItems
          : input.FunctionResponseTypes.includes('ReportBatchItemFailures'),
      maximumConcurrency:
        input.ScalingConfig === undefined ? row.maximumConcurrency : input.ScalingConfig.MaximumConcurrency,
      modified: ctx.now,
      change: { kind: switched, at: ctx.now },
    };
    await checkMapping(ctx, updated);
    ctx.records.put(mappings, row.uuid, updated);
    const work = { kind: 'mapping', account: ctx.account, region: ctx.region, what: row.uuid } as const;
    await (enabled ? activate(ctx, work) : deactivate(ctx, work));
    return shown(ctx, updated);
  },
};

export const DeleteEventSourceMapping: Operation<'DeleteEventSourceMapping'> = {
  resource: ({ UUID }, ctx) => mappingResource(ctx, UUID),
  conditions: ({ UUID }, ctx) => functionKey(UUID, ctx),
  handle: async ({ UUID }, ctx) => {
    const row = await load(ctx, UUID);
    ctx.records.delete(mappings, UUID);
    await deactivate(ctx, { kind: 'mapping', account: ctx.account, region: ctx.region, what: UUID });
    return { ...shown(ctx, row), State: 'Deleting' };
  },
};

export const ListEventSourceMappings: Operation<'ListEventSourceMappings'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const invalid = () => invalidParameter('marker: expected one that was answered before');
    const of = input.FunctionName === undefined ? undefined : parseFunction(input.FunctionName);
    const read = (after: string | undefined, limit: number) =>
      ctx.records.list(mappings, { limit, ...(after === undefined ? {} : { after }) });
    const placeOf = ({ id }: Listed<MappingRow>) => id;
    const page = await pageOf(input.Marker, Math.min(input.MaxItems ?? 100, 100), placeOf, invalid, read);
    const rows = page.entries
      .map(({ value }) => value)
      .filter(
        (row) =>
          of === undefined || (row.functionName === of.name && (of.qualifier ?? row.qualifier) === row.qualifier),
      )
      .filter((row) => input.EventSourceArn === undefined || row.source === input.EventSourceArn);
    return {
      EventSourceMappings: rows.map((row) => shown(ctx, row)),
      ...(page.nextToken === undefined ? {} : { NextMarker: page.nextToken }),
    };
  },
};

async function load(ctx: Context, uuid: string): Promise<MappingRow> {
  const row = await ctx.records.get(mappings, uuid);
  if (row === undefined) throw notFound('The resource you requested does not exist.');
  return row;
}

async function functionKey(uuid: string, ctx: Context): Promise<Readonly<Record<string, string>>> {
  const row = await ctx.records.get(mappings, uuid);
  return row === undefined ? {} : { 'lambda:FunctionArn': targetArn(ctx.region, ctx.account, row) };
}

function arnOf(text: string, ctx: Context): string {
  const { account = ctx.account, name, qualifier } = parseFunction(text);
  return functionArn(account, ctx.region, name, qualifier);
}

/** Queues alone: the reasons stand in the README. */
function refuseSource(source: string): void {
  const service = source.split(':', 3)[2] ?? '';
  if (service === 'sqs') return;
  throw unserved(`event source mappings of \`${service}\`: expected an SQS queue`);
}

/** @throws ServiceError InvalidParameterValueException, ResourceNotFoundException */
async function targetOf(
  ctx: Context,
  text: string,
): Promise<{ readonly name: string; readonly qualifier: string | undefined }> {
  const of = named({ FunctionName: text }, ctx);
  const row = of.account === ctx.account ? await ctx.records.get(functions, of.name) : undefined;
  if (row === undefined) throw invalidParameter('Function does not exist');
  const { qualifier } = of;
  // An ARN's `$LATEST` is the function itself; in a shorter name it stays (recordings, "test_function_name_variations").
  if (qualifier === latest && text.startsWith('arn:')) return { name: of.name, qualifier: undefined };
  if (qualifier !== undefined) {
    const found = isVersion(qualifier)
      ? await findVersion(ctx.records, row, qualifier)
      : await findAlias(ctx.records, of.name, qualifier);
    if (found === undefined) throw functionNotFound(`${of.arn}:${qualifier}`);
  }
  return { name: of.name, qualifier };
}

function shown(ctx: Context, row: MappingRow): Shown {
  const state = ctx.now <= row.change.at ? row.change.kind : row.enabled ? 'Enabled' : 'Disabled';
  return {
    UUID: row.uuid,
    BatchSize: row.batchSize,
    MaximumBatchingWindowInSeconds: row.windowSeconds,
    EventSourceArn: row.source,
    EventSourceMappingArn: mappingArn(ctx.region, ctx.account, row.uuid),
    FunctionArn: targetArn(ctx.region, ctx.account, row),
    LastModified: new Date(row.modified),
    State: state,
    StateTransitionReason: 'USER_INITIATED',
    FunctionResponseTypes: row.reportsItems ? ['ReportBatchItemFailures'] : [],
    ...(row.filters.length === 0 ? {} : { FilterCriteria: { Filters: row.filters.map((Pattern) => ({ Pattern })) } }),
    ...(row.maximumConcurrency === undefined ? {} : { ScalingConfig: { MaximumConcurrency: row.maximumConcurrency } }),
  };
}
