import type { Context } from '#runtime/context.ts';
import { pageOf } from '#runtime/page.ts';
import type { Listed } from '#runtime/records.ts';
import { jobId } from '#runtime/run-job.ts';
import { slot } from '#runtime/slot.ts';
import { alarmResource } from './alarm-access.ts';
import { invalidToken, type Operation } from './api.ts';
import { type AlarmRow, type HistoryRow, history } from './records.ts';

/** History is kept for 30 days (API reference, DescribeAlarmHistory), ms. */
const keptMs = 30 * 86_400_000;
const dayMs = 86_400_000;
const pageSize = 100;

/** What happens within a millisecond stays in its order. */
const written = slot(() => ({ count: 0 }));

/** Adds an item to an alarm's history. */
export function remember(
  ctx: Context,
  { name, kind }: Pick<AlarmRow, 'name' | 'kind'>,
  type: HistoryRow['type'],
  summary: string,
  data: object,
): void {
  const order = ctx.local(written);
  order.count += 1;
  const id = `${String(ctx.now).padStart(15, '0')}|${String(order.count).padStart(12, '0')}|${ctx.uuid()}`;
  ctx.records.create(history, id, {
    alarm: name,
    kind: kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm',
    at: ctx.now,
    type,
    summary,
    data: JSON.stringify(data),
  });
  // The same job for everything of a day.
  const day = Math.floor(ctx.now / dayMs);
  const runAt = (day + 1) * dayMs + keptMs;
  ctx.schedule({ kind: 'cloudwatch/history', id: jobId(ctx.account, ctx.region, String(day)), runAt });
}

/** Deletes what is too old. */
export async function forgetHistory(_day: string, _payload: unknown, ctx: Context): Promise<void> {
  const limit = 1_000;
  const old = await ctx.records.list(history, { limit });
  const due = old.filter(({ value }) => value.at < ctx.now - keptMs);
  for (const { id } of due) ctx.records.delete(history, id);
  if (due.length === limit)
    ctx.schedule({ kind: 'cloudwatch/history', id: jobId(ctx.account, ctx.region, _day), runAt: ctx.now + 1_000 });
}

export const DescribeAlarmHistory: Operation<'DescribeAlarmHistory'> = {
  resource: ({ AlarmName = '*' }, ctx) => alarmResource(ctx, AlarmName),
  handle: async (input, ctx) => {
    const { AlarmName, AlarmTypes, HistoryItemType, StartDate, EndDate, MaxRecords = pageSize } = input;
    const kinds = AlarmTypes === undefined || AlarmTypes.length === 0 ? ['MetricAlarm'] : AlarmTypes;
    const [from, to] = [StartDate?.getTime() ?? 0, EndDate?.getTime() ?? Number.MAX_SAFE_INTEGER];
    const reverse = input.ScanBy !== 'TimestampAscending';
    const fits = ({ value }: Listed<HistoryRow>) =>
      value.at >= from &&
      value.at <= to &&
      (AlarmName !== undefined || kinds.includes(value.kind)) &&
      (HistoryItemType === undefined || value.type === HistoryItemType);
    const { entries, nextToken } = await pageOf<Listed<HistoryRow>>(
      input.NextToken,
      MaxRecords,
      ({ id }) => id,
      invalidToken,
      async (after, limit) => {
        const found: Listed<HistoryRow>[] = [];
        let last = after;
        for (;;) {
          const page =
            AlarmName === undefined
              ? await ctx.records.list(history, { limit, reverse, ...(last === undefined ? {} : { after: last }) })
              : await ctx.records.listIndex(history, 'by-alarm', {
                  equals: AlarmName,
                  limit,
                  reverse,
                  ...(last === undefined ? {} : { after: { key: AlarmName, id: last } }),
                });
          found.push(...page.filter(fits));
          last = page.at(-1)?.id ?? last;
          if (page.length < limit || found.length >= limit) return found;
        }
      },
    );
    return {
      AlarmHistoryItems: entries.map(({ value }) => ({
        AlarmName: value.alarm,
        AlarmType: value.kind,
        Timestamp: new Date(value.at),
        HistoryItemType: value.type,
        HistorySummary: value.summary,
        HistoryData: value.data,
      })),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    };
  },
};
