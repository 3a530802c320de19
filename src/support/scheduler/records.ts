import { collection } from '#runtime/collection.ts';
import type { Records } from '#runtime/records.ts';
import type { Input, Target } from './api.ts';

export type GroupRow = {
  readonly name: string;
  readonly state: 'ACTIVE' | 'DELETING';
  readonly tags: Readonly<Record<string, string>>;
  readonly clientToken: string | undefined;
  /** Undefined for the default group of an account that nobody changed. */
  readonly created: number | undefined;
  readonly modified: number | undefined;
};

/** A schedule. Times in ms. */
export type ScheduleRow = {
  readonly name: string;
  readonly group: string;
  readonly description: string | undefined;
  readonly expression: string;
  readonly zone: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly window: Input<'CreateSchedule'>['FlexibleTimeWindow'];
  readonly state: 'ENABLED' | 'DISABLED';
  readonly afterCompletion: 'NONE' | 'DELETE';
  readonly target: Target;
  readonly kmsKey: string | undefined;
  readonly clientToken: string | undefined;
  readonly created: number;
  readonly modified: number;
};

/** Id: the name. */
export const groups = collection<GroupRow>('scheduler/group', 'regional');
/** Id: `group|name`. */
export const schedules = collection<ScheduleRow>('scheduler/schedule', 'regional');

export const defaultGroup = 'default';

export function scheduleId(group: string, name: string): string {
  return `${group}|${name}`;
}

/** The default group exists in every account and Region. */
export async function findGroup(records: Records, name: string): Promise<GroupRow | undefined> {
  const stored = await records.get(groups, name);
  if (stored !== undefined || name !== defaultGroup) return stored;
  return { name, state: 'ACTIVE', tags: {}, clientToken: undefined, created: undefined, modified: undefined };
}

type Place = { readonly account: string; readonly region: string };

export function groupArn({ account, region }: Place, name: string): string {
  return `arn:aws:scheduler:${region}:${account}:schedule-group/${name}`;
}

export function scheduleArn({ account, region }: Place, group: string, name: string): string {
  return `arn:aws:scheduler:${region}:${account}:schedule/${group}/${name}`;
}
