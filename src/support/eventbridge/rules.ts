import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import { pageOf } from '#runtime/page.ts';
import type { Listed } from '#runtime/records.ts';
import { ServiceError } from '#wire/service-error.ts';
import { namedRule, openBus, openRule } from './access.ts';
import { type Input, invalid, limitExceeded, type Operation, present } from './api.ts';
import { readPattern } from './engine/pattern.ts';
import { type BusReference, busReference, ruleArn } from './names.ts';
import { invalidToken, pageSize } from './page.ts';
import { passRole } from './pass-role.ts';
import { findRule, type RuleRow, ruleId, rules } from './records.ts';
import { cancelRuns, checkSchedule, scheduleRuns } from './rule-schedule.ts';
import { patternsChanged } from './rule-sets.ts';
import { newTags } from './tags.ts';

/** Rules of a bus. AWS's quota begins at 300 and is raised on request. */
const maxRules = 2_000;

export const PutRule: Operation<'PutRule'> = {
  action: ({ Tags }) => ['events:PutRule', ...(Tags === undefined ? [] : ['events:TagResource'])],
  resource: namedRule,
  conditions: ({ Tags, EventPattern }) => ({ ...requestTagKeys(Tags), ...patternKeys(EventPattern) }),
  handle: async (input, ctx) => {
    const bus = busReference(input.EventBusName, ctx);
    await openBus(ctx, bus);
    checkRule(input, bus);
    const known = await findRule(ctx.records, bus, input.Name);
    const records = ctx.records.at(bus);
    if (known === undefined && (await records.count(rules, { prefix: `${bus.name}|` })) >= maxRules)
      throw limitExceeded();
    await passRole(ctx, input.RoleArn, ruleArn(bus, input.Name));
    const row: RuleRow = {
      name: input.Name,
      bus: bus.name,
      arn: ruleArn(bus, input.Name),
      pattern: input.EventPattern,
      schedule: input.ScheduleExpression,
      state: input.State ?? 'ENABLED',
      description: input.Description,
      roleArn: input.RoleArn,
      createdBy: known?.createdBy ?? ctx.account,
      // Tags of a rule that exists are changed by TagResource alone.
      tags: known?.tags ?? newTags(input.Tags),
      targets: known?.targets ?? [],
    };
    await save(ctx, bus, row);
    return { RuleArn: row.arn };
  },
};

export const DeleteRule: Operation<'DeleteRule'> = {
  resource: namedRule,
  handle: async ({ Name, EventBusName }, ctx) => {
    const bus = busReference(EventBusName, ctx);
    await openBus(ctx, bus);
    const row = await findRule(ctx.records, bus, Name);
    // Deleting what is not there is fine.
    if (row === undefined) return {};
    if (row.targets.length > 0) throw invalid("Rule can't be deleted since it has targets.");
    ctx.records.at(bus).delete(rules, ruleId(bus.name, Name));
    cancelRuns(ctx, bus, Name);
    await patternsChanged(ctx, bus);
    return {};
  },
};

export const DescribeRule: Operation<'DescribeRule'> = {
  resource: namedRule,
  handle: async ({ Name, EventBusName }, ctx) => {
    const row = await openRule(ctx, busReference(EventBusName, ctx), Name);
    return { ...shownRule(row), CreatedBy: row.createdBy };
  },
};

export const DisableRule: Operation<'DisableRule'> = {
  resource: namedRule,
  handle: async ({ Name, EventBusName }, ctx) => {
    const bus = busReference(EventBusName, ctx);
    await save(ctx, bus, { ...(await openRule(ctx, bus, Name)), state: 'DISABLED' });
    return {};
  },
};

export const EnableRule: Operation<'EnableRule'> = {
  resource: namedRule,
  handle: async ({ Name, EventBusName }, ctx) => {
    const bus = busReference(EventBusName, ctx);
    await save(ctx, bus, { ...(await openRule(ctx, bus, Name)), state: 'ENABLED' });
    return {};
  },
};

export const ListRules: Operation<'ListRules'> = {
  resource: () => '*',
  handle: async ({ NamePrefix = '', EventBusName, NextToken, Limit = pageSize }, ctx) => {
    const bus = busReference(EventBusName, ctx);
    await busOfList(ctx, bus);
    const prefix = ruleId(bus.name, NamePrefix);
    const { entries, nextToken } = await pageOf<Listed<RuleRow>>(
      NextToken,
      Limit,
      ({ id }) => id,
      invalidToken,
      (after, limit) => ctx.records.list(rules, { prefix, limit, ...(after === undefined ? {} : { after }) }),
    );
    return present({ Rules: entries.map(({ value }) => shownRule(value)), NextToken: nextToken });
  },
};

export const ListRuleNamesByTarget: Operation<'ListRuleNamesByTarget'> = {
  resource: () => '*',
  handle: async ({ TargetArn, EventBusName, NextToken, Limit = pageSize }, ctx) => {
    const bus = busReference(EventBusName, ctx);
    await busOfList(ctx, bus);
    const equals = `${bus.name}|${TargetArn}`;
    const { entries, nextToken } = await pageOf<Listed<RuleRow>>(
      NextToken,
      Limit,
      ({ id }) => id,
      invalidToken,
      (after, limit) =>
        ctx.records.listIndex(rules, 'by-target', {
          equals,
          limit,
          ...(after === undefined ? {} : { after: { key: equals, id: after } }),
        }),
    );
    return present({ RuleNames: entries.map(({ value }) => value.name), NextToken: nextToken });
  },
};

/** Lists show what belongs to the caller's account. @throws ServiceError */
async function busOfList(ctx: Context, bus: BusReference): Promise<void> {
  if (bus.account !== ctx.account || bus.region !== ctx.region) {
    throw new ServiceError('AccessDeniedException', 'rules are listed by the account that owns the bus');
  }
  await openBus(ctx, bus);
}

function checkRule({ EventPattern, ScheduleExpression }: Input<'PutRule'>, bus: BusReference): void {
  if (EventPattern === undefined && ScheduleExpression === undefined) {
    throw invalid('Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  if (EventPattern !== undefined) checkPattern(EventPattern);
  if (ScheduleExpression === undefined) return;
  if (bus.name !== 'default') throw invalid('ScheduleExpression is supported only on the default event bus.');
  checkSchedule(ScheduleExpression);
}

/** @throws ServiceError InvalidEventPatternException */
export function checkPattern(text: string): void {
  const reading = readPattern(text);
  if (!reading.ok) throw new ServiceError('InvalidEventPatternException', reading.message);
}

async function save(ctx: Context, bus: BusReference, row: RuleRow): Promise<void> {
  ctx.records.at(bus).put(rules, ruleId(bus.name, row.name), row);
  scheduleRuns(ctx, bus, row);
  await patternsChanged(ctx, bus);
}

function shownRule(row: RuleRow) {
  return present({
    Name: row.name,
    Arn: row.arn,
    EventPattern: row.pattern,
    State: row.state,
    Description: row.description,
    ScheduleExpression: row.schedule,
    RoleArn: row.roleArn,
    EventBusName: row.bus,
  });
}

/** What a pattern asks for, as policies see it: `events:source` and its siblings, where they are exact texts. */
function patternKeys(text: string | undefined): Record<string, string | readonly string[]> {
  const keys: Record<string, string | readonly string[]> = {};
  const pattern = parsed(text);
  const detail = pattern['detail'];
  const inner = typeof detail === 'object' && detail !== null ? (detail as Readonly<Record<string, unknown>>) : {};
  const identity = inner['userIdentity'];
  const fields: Readonly<Record<string, unknown>> = {
    'events:source': pattern['source'],
    'events:detail-type': pattern['detail-type'],
    'events:detail.eventTypeCode': inner['eventTypeCode'],
    'events:detail.service': inner['service'],
    'events:detail.userIdentity.principalId':
      typeof identity === 'object' && identity !== null
        ? (identity as Readonly<Record<string, unknown>>)['principalId']
        : undefined,
  };
  for (const [key, value] of Object.entries(fields)) {
    const texts = Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
    if (texts.length > 0) keys[key] = texts;
  }
  return keys;
}

function parsed(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
