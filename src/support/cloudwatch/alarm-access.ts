import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { type AlarmRow, alarms } from './records.ts';

export function alarmArn({ account, region }: Pick<Context, 'account' | 'region'>, name: string): string {
  return `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
}

/** Name in an alarm's ARN of this account and region, or the name itself. */
export function alarmName(ctx: Pick<Context, 'account' | 'region'>, given: string): string {
  const prefix = alarmArn(ctx, '');
  return given.startsWith(prefix) ? given.slice(prefix.length) : given;
}

/** An alarm as policies see it, with its tags. */
export async function alarmResource(ctx: Context, name: string): Promise<ResourceRef> {
  const row = await ctx.records.get(alarms, name);
  return { arn: alarmArn(ctx, name), ...(row === undefined ? {} : { tags: row.tags }) };
}

export function alarmResources(ctx: Context, names: readonly string[]): Promise<readonly ResourceRef[]> {
  return Promise.all(names.map((name) => alarmResource(ctx, name)));
}

/** An alarm's record with what has changed. */
export function keepAlarm(ctx: Context, row: AlarmRow): void {
  ctx.records.put(alarms, row.name, row);
}
