import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { nextRun, parseSchedule } from '../schedule-expression.ts';
import { timeZone, utc } from '../time-zone.ts';
import { type Execution, execute } from './executions.ts';
import { type ScheduleRow, scheduleId, schedules } from './records.ts';

const kind = 'scheduler/run';

/** When a schedule is due, and when it runs within its window, ms. */
type Run = { readonly scheduled: number; readonly at: number };

/** Schedules the next run of a schedule, or cancels it where there is none. */
export function scheduleRuns(ctx: Context, row: ScheduleRow): void {
  const run = row.state === 'DISABLED' ? undefined : nextOf(ctx, row, ctx.now - 1);
  if (run === undefined) cancelRuns(ctx, row);
  else plan(ctx, row, run);
}

export function cancelRuns(ctx: Context, row: ScheduleRow): void {
  ctx.schedule({ kind, id: idOf(ctx, row), runAt: undefined });
}

function plan(ctx: Context, row: ScheduleRow, { scheduled, at }: Run): void {
  // The job's payload names the version of the schedule: a run of what it was before its change is not made.
  ctx.schedule({ kind, id: idOf(ctx, row), runAt: at, payload: { scheduled, modified: row.modified } });
}

function idOf(ctx: Context, row: ScheduleRow): string {
  return jobId(ctx.account, ctx.region, scheduleId(row.group, row.name));
}

/** The run after `after`: not before the start, not after the end. Rates count from the start date, or from the creation. */
function nextOf(ctx: Context, row: ScheduleRow, after: number): Run | undefined {
  const expression = parseSchedule(row.expression);
  if (expression === undefined) return undefined;
  // Start and end are for what repeats.
  const from = expression.kind === 'at' ? undefined : row.from;
  const earliest = Math.max(after, (from ?? 0) - 1);
  const scheduled = nextRun(expression, earliest, timeZone(row.zone) ?? utc, from ?? row.created);
  if (scheduled === undefined || (expression.kind !== 'at' && row.to !== undefined && scheduled > row.to))
    return undefined;
  const windowMs = (row.window.MaximumWindowInMinutes ?? 0) * 60_000;
  const chance = Buffer.from(ctx.random(4)).readUInt32BE() / 2 ** 32;
  return { scheduled, at: scheduled + Math.floor(chance * windowMs) };
}

/** A schedule's time has come: its target is called, and the next run planned. Runs that were missed are made up for by one. */
export async function runSchedule(id: string, payload: unknown, ctx: Context): Promise<void> {
  const due = payload as { readonly scheduled: number; readonly modified: number };
  const row = await ctx.records.get(schedules, id);
  if (row === undefined || row.state === 'DISABLED' || row.modified !== due.modified) return;
  const execution: Execution = {
    id: ctx.uuid(),
    schedule: id,
    target: row.target,
    group: row.group,
    name: row.name,
    scheduled: due.scheduled,
    began: ctx.now,
    retries: 0,
  };
  const next = nextOf(ctx, row, Math.max(ctx.now, due.scheduled));
  if (next !== undefined) plan(ctx, row, next);
  else if (row.afterCompletion === 'DELETE') ctx.records.delete(schedules, id);
  await execute(ctx, execution);
}
