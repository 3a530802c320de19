import { shownPrincipals } from '#identity/iam/pinned-principals.ts';
import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import { busResource, openBus } from './access.ts';
import { exists, type Input, invalid, limitExceeded, type Operation, present } from './api.ts';
import { type BusReference, busArn, busReference, ownArn, placeOf } from './names.ts';
import { listPage } from './page.ts';
import { type BusRow, buses, findBus, rules } from './records.ts';
import { newTags } from './tags.ts';

/** Custom buses of an account in a Region; AWS's quota. */
const maxBuses = 100;

export const CreateEventBus: Operation<'CreateEventBus'> = {
  action: ({ Tags }) => ['events:CreateEventBus', ...(Tags === undefined ? [] : ['events:TagResource'])],
  resource: ({ Name }, ctx) => busResource(ctx, ownBus(ctx, Name)),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async (input, ctx) => {
    const { Name } = input;
    if (input.EventSourceName !== undefined) {
      throw invalid('EventSourceName is not valid: partner event sources are not served');
    }
    // Names with slashes are those of partner buses.
    if (Name.includes('/')) throw invalid("Event bus name should not contain '/'.");
    if ((await findBus(ctx.records, ownBus(ctx, Name))) !== undefined) throw exists(`Event bus ${Name}`);
    if ((await ctx.records.count(buses)) >= maxBuses) throw limitExceeded();
    const row: BusRow = {
      name: Name,
      ...settingsOf(input),
      policy: undefined,
      tags: newTags(input.Tags),
      created: ctx.now,
      modified: ctx.now,
    };
    ctx.records.create(buses, Name, row);
    return present({ EventBusArn: ownArn(ctx, 'event-bus', Name), ...shownSettings(row) });
  },
};

export const UpdateEventBus: Operation<'UpdateEventBus'> = {
  resource: ({ Name }, ctx) => busResource(ctx, ownBus(ctx, Name)),
  handle: async (input, ctx) => {
    const bus = ownBus(ctx, input.Name);
    const row = await openBus(ctx, bus);
    const next = { ...row, ...settingsOf(input), created: row.created ?? ctx.now, modified: ctx.now };
    ctx.records.put(buses, bus.name, next);
    return present({ Arn: busArn(bus), Name: bus.name, ...shownSettings(next) });
  },
};

export const DescribeEventBus: Operation<'DescribeEventBus'> = {
  resource: ({ Name }, ctx) => busResource(ctx, busReference(Name, ctx)),
  handle: async ({ Name }, ctx) => {
    const bus = busReference(Name, ctx);
    const row = await openBus(ctx, bus);
    return present({ ...(await shownBus(ctx, bus, row)), ...shownSettings(row) });
  },
};

export const ListEventBuses: Operation<'ListEventBuses'> = {
  resource: () => '*',
  handle: async ({ NamePrefix, NextToken, Limit }, ctx) => {
    const place = placeOf(ctx);
    // The default bus is there before anything of it is stored.
    const stored = await ctx.records.list(buses, { limit: maxBuses + 1 });
    const all = new Map(stored.map(({ value }) => [value.name, value]));
    const implied = await findBus(ctx.records, { ...place, name: 'default' });
    if (implied !== undefined) all.set('default', implied);
    const rows = [...all.values()]
      .filter(({ name }) => name.startsWith(NamePrefix ?? ''))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const { entries, nextToken } = listPage(rows, ({ name }) => name, NextToken, Limit);
    const EventBuses = await Promise.all(entries.map((row) => shownBus(ctx, { ...place, name: row.name }, row)));
    return present({ EventBuses, NextToken: nextToken });
  },
};

/** Rules must be gone before; archives stay, and take no more events. */
export const DeleteEventBus: Operation<'DeleteEventBus'> = {
  resource: ({ Name }, ctx) => busResource(ctx, ownBus(ctx, Name)),
  handle: async ({ Name }, ctx) => {
    if (Name === 'default') throw invalid('Cannot delete event bus default.');
    // Deleting what is not there is fine.
    if ((await ctx.records.get(buses, Name)) === undefined) return {};
    const [rule] = await ctx.records.list(rules, { prefix: `${Name}|`, limit: 1 });
    if (rule !== undefined) throw invalid(`Cannot delete event bus ${Name} because it has rules.`);
    ctx.records.delete(buses, Name);
    return {};
  },
};

function ownBus(ctx: Context, Name: string | undefined): BusReference {
  return { account: ctx.account, region: ctx.region, name: Name ?? 'default' };
}

type Settings = Pick<Input<'CreateEventBus'>, 'Description' | 'KmsKeyIdentifier' | 'DeadLetterConfig' | 'LogConfig'>;

function settingsOf(input: Settings): Pick<BusRow, 'description' | 'kmsKey' | 'deadLetter' | 'log'> {
  return {
    description: input.Description,
    kmsKey: input.KmsKeyIdentifier,
    deadLetter: input.DeadLetterConfig?.Arn,
    log: input.LogConfig,
  };
}

function shownSettings({ description, kmsKey, deadLetter, log }: BusRow) {
  return present({
    Description: description,
    KmsKeyIdentifier: kmsKey,
    DeadLetterConfig: deadLetter === undefined ? undefined : { Arn: deadLetter },
    LogConfig: log,
  });
}

async function shownBus(ctx: Context, bus: BusReference, row: BusRow) {
  return present({
    Name: row.name,
    Arn: busArn(bus),
    Description: row.description,
    Policy: row.policy === undefined ? undefined : await shownPrincipals(ctx, row.policy),
    CreationTime: dateOf(row.created),
    LastModifiedTime: dateOf(row.modified ?? row.created),
  });
}

function dateOf(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}
