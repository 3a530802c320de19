import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import { alarmName, alarmResource, keepAlarm } from './alarm-access.ts';
import { zoned } from './alarm-shapes.ts';
import { enterState } from './alarm-state.ts';
import { type Operation, validation } from './api.ts';
import { type AlarmRule, type AlarmState, alarmsIn, holds, parseAlarmRule } from './engine/alarm-rule.ts';
import { checkActions, configured } from './put-alarm.ts';
import { type AlarmRow, alarms } from './records.ts';

/** Alarms that one rule may ask about (API reference, PutCompositeAlarm). */
const maxChildren = 100;
/** Composite alarms above each other that a change climbs; deeper ones cannot be made. */
const maxHeight = 20;

export const PutCompositeAlarm: Operation<'PutCompositeAlarm'> = {
  resource: ({ AlarmName }, ctx) => alarmResource(ctx, AlarmName),
  conditions: (input) => {
    const actions = [
      ...(input.OKActions ?? []),
      ...(input.AlarmActions ?? []),
      ...(input.InsufficientDataActions ?? []),
    ];
    return {
      ...requestTagKeys(input.Tags),
      'cloudwatch:AlarmActions': actions.length === 0 ? undefined : actions,
    };
  },
  handle: async (input, ctx) => {
    const rule = parseAlarmRule(input.AlarmRule);
    if (rule === undefined) throw validation('Invalid AlarmRule: it is not a valid expression.');
    checkActions(input);
    const suppressor = suppressorOf(input);
    const asked = alarmsIn(rule).map((name) => alarmName(ctx, name));
    const children = [...new Set([...asked, ...(suppressor === undefined ? [] : [alarmName(ctx, suppressor.alarm)])])];
    if (children.length > maxChildren) throw validation(`An AlarmRule can name at most ${maxChildren} alarms.`);
    for (const child of children) {
      if ((await ctx.records.get(alarms, child)) === undefined)
        throw validation(`Could not save the composite alarm as alarms [${child}] in the alarm rule do not exist`);
    }
    const known = await ctx.records.get(alarms, input.AlarmName);
    if (known?.kind === 'metric')
      throw validation(`A metric alarm has the name ${input.AlarmName}: it cannot become a composite alarm.`);
    await refuseCircle(ctx, input.AlarmName, children);
    const kind = { kind: 'composite', rule: input.AlarmRule, parsedRule: rule, children, suppressor } as const;
    const row = configured(ctx, input, known, kind);
    keepAlarm(ctx, row);
    await evaluateComposite(ctx, row, undefined);
    return {};
  },
};

function suppressorOf(input: Parameters<NonNullable<typeof PutCompositeAlarm.handle>>[0]): AlarmRow['suppressor'] {
  const {
    ActionsSuppressor: alarm,
    ActionsSuppressorWaitPeriod: wait,
    ActionsSuppressorExtensionPeriod: extension,
  } = input;
  if (alarm === undefined) return undefined;
  if (wait === undefined || extension === undefined)
    throw validation(
      'ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod are required with ActionsSuppressor.',
    );
  return { alarm, waitSeconds: wait, extensionSeconds: extension };
}

/** @throws ServiceError ValidationError for a rule that comes to ask about itself */
async function refuseCircle(ctx: Context, name: string, children: readonly string[]): Promise<void> {
  let level = children;
  for (let height = 0; level.length > 0; height += 1) {
    if (level.includes(name) || height > maxHeight)
      throw validation(`The alarm rule of ${name} depends on ${name} itself, or on too many alarms above each other.`);
    const rows = await Promise.all(level.map((child) => ctx.records.get(alarms, child)));
    level = [...new Set(rows.flatMap((row) => row?.children ?? []))];
  }
}

/** States by name, as a rule asks for them: an alarm that is gone has insufficient data. */
async function statesOf(ctx: Context, rule: AlarmRule): Promise<ReadonlyMap<string, AlarmRow>> {
  const rows = new Map<string, AlarmRow>();
  for (const given of alarmsIn(rule)) {
    const row = await ctx.records.get(alarms, alarmName(ctx, given));
    if (row !== undefined) rows.set(given, row);
  }
  return rows;
}

/**
 * Puts a composite alarm into the state that its rule has now.
 *
 * @param trigger the alarm whose change is the reason; undefined when the rule was made or changed
 */
export async function evaluateComposite(ctx: Context, row: AlarmRow, trigger: AlarmRow | undefined): Promise<void> {
  const { parsedRule: rule } = row;
  if (rule === undefined) return;
  const rows = await statesOf(ctx, rule);
  const stateOf = (alarm: string): AlarmState => rows.get(alarm)?.state ?? 'INSUFFICIENT_DATA';
  const state = holds(rule, stateOf) ? 'ALARM' : 'OK';
  if (state === row.state) return;
  const reason =
    trigger === undefined
      ? `Alarm rule was evaluated to ${state}`
      : `${trigger.arn} transitioned to ${trigger.state} at ${new Date(trigger.updated).toUTCString()}`;
  const triggering = [...rows.values()].filter((each) =>
    trigger === undefined ? each.state === 'ALARM' : each.arn === trigger.arn,
  );
  enterState(ctx, row, state, reason, {
    triggeringAlarms: triggering.map(({ arn, state: value, updated }) => ({
      arn,
      state: { value, timestamp: zoned(updated) },
    })),
  });
}

/** Evaluates the composite alarms that ask about an alarm. Those that change publish in their turn. */
export async function evaluateParents(ctx: Context, child: AlarmRow): Promise<void> {
  for (const { value } of await ctx.records.listIndex(alarms, 'by-child', { equals: child.name }))
    await evaluateComposite(ctx, value, child);
}
