import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { nextRun, parseSchedule } from '../schedule-expression.ts';
import { utc } from '../time-zone.ts';
import { invalid } from './api.ts';
import { publishDeliveries } from './deliveries.ts';
import { envelopeText } from './engine/envelope.ts';
import type { BusReference } from './names.ts';
import { findRule, type RuleRow } from './records.ts';

const kind = 'events/schedule';

/** @throws ServiceError ValidationException */
export function checkSchedule(text: string): void {
  const expression = parseSchedule(text);
  const wellFormed = expression?.kind === 'rate' ? /^1 [a-z]+[^s]$|^(?!1 )\d+ [a-z]+s$/.test(expression.text) : true;
  // `at(…)` is for EventBridge Scheduler; a rate of one says `minute`, others `minutes`.
  if (expression === undefined || expression.kind === 'at' || !wellFormed) {
    throw invalid('Parameter ScheduleExpression is not valid.');
  }
}

/** Schedules the next run of a rule, or cancels it where there is none. Rates count from now. */
export function scheduleRuns(ctx: Context, bus: BusReference, row: RuleRow): void {
  const runAt = row.state === 'DISABLED' ? undefined : nextAt(row, ctx.now, ctx.now);
  if (runAt === undefined) cancelRuns(ctx, bus, row.name);
  else ctx.schedule({ kind, id: jobId(bus.account, bus.region, row.name), runAt, payload: runAt });
}

export function cancelRuns(ctx: Context, bus: BusReference, rule: string): void {
  if (bus.name !== 'default') return;
  ctx.schedule({ kind, id: jobId(bus.account, bus.region, rule), runAt: undefined });
}

function nextAt({ schedule }: RuleRow, after: number, anchor: number): number | undefined {
  const expression = schedule === undefined ? undefined : parseSchedule(schedule);
  return expression === undefined ? undefined : nextRun(expression, after, utc, anchor);
}

/** A rule's time has come: its targets get a `Scheduled Event`. Runs that were missed are made up for by one. */
export async function runRule(rule: string, payload: unknown, ctx: Context): Promise<void> {
  const due = Number(payload);
  const bus = { account: ctx.account, region: ctx.region, name: 'default' };
  const row = await findRule(ctx.records, bus, rule);
  if (row?.schedule === undefined || row.state === 'DISABLED') return;
  const arrival = { id: ctx.uuid(), account: ctx.account, region: ctx.region, time: due };
  const event = { source: 'aws.events', detailType: 'Scheduled Event', detailText: '{}', resources: [row.arn] };
  const text = envelopeText(arrival, event);
  publishDeliveries(ctx, {
    bus,
    events: [{ id: arrival.id, text, time: arrival.time, arrived: ctx.now, crossings: 0, hops: 0 }],
    takers: [{ kind: 'rule', name: rule, events: [0] }],
  });
  const runAt = nextAt(row, ctx.now, due);
  if (runAt !== undefined) {
    ctx.schedule({ kind, id: jobId(ctx.account, ctx.region, rule), runAt, payload: runAt });
  }
}
