import type { TagRecord } from './tags.ts';

const dayMs = 86_400_000;

/** A lifecycle rule as it is stored: the parts that act, and the rule as it is shown. */
export type LifecycleRule = {
  readonly id: string;
  readonly enabled: boolean;
  readonly prefix: string;
  readonly tags: TagRecord;
  readonly sizeAbove?: number | undefined;
  readonly sizeBelow?: number | undefined;
  readonly expiration?: { readonly days?: number | undefined; readonly date?: number | undefined } | undefined;
  /** Removes delete markers that have nothing left behind them. */
  readonly expiredMarkers?: boolean | undefined;
  readonly noncurrentDays?: number | undefined;
  readonly noncurrentKept?: number | undefined;
  readonly abortAfterDays?: number | undefined;
  readonly transitions: readonly {
    readonly days?: number | undefined;
    readonly date?: number | undefined;
    readonly storageClass: string;
  }[];
  /** As it came, for GetBucketLifecycleConfiguration. */
  readonly shown: object;
};

type Subject = { readonly key: string; readonly size: number; readonly tags?: TagRecord | undefined };

export function appliesTo(rule: LifecycleRule, { key, size, tags }: Subject): boolean {
  if (!rule.enabled || !key.startsWith(rule.prefix)) return false;
  if (rule.sizeAbove !== undefined && size <= rule.sizeAbove) return false;
  if (rule.sizeBelow !== undefined && size >= rule.sizeBelow) return false;
  return Object.entries(rule.tags).every(([name, value]) => tags?.[name] === value);
}

/** Days count from the midnight after (S3 user guide, "Lifecycle rules based on an object's age"). */
export function dueAt(since: number, days: number): number {
  return Math.ceil((since + days * dayMs) / dayMs) * dayMs;
}

export type Expiry = { readonly at: number; readonly rule: string };

/** When a current version expires, by the rule that comes first. */
export function expiryOf(
  rules: readonly LifecycleRule[],
  subject: Subject & { readonly modified: number },
): Expiry | undefined {
  let first: Expiry | undefined;
  for (const rule of rules) {
    const { expiration } = rule;
    if (expiration === undefined || !appliesTo(rule, subject)) continue;
    const at =
      expiration.date ?? (expiration.days === undefined ? undefined : dueAt(subject.modified, expiration.days));
    if (at !== undefined && (first === undefined || at < first.at)) first = { at, rule: rule.id };
  }
  return first;
}

/** When an earlier version goes. `since`: when it was overtaken; `newer`: earlier versions that are newer than it. */
export function noncurrentExpiry(
  rules: readonly LifecycleRule[],
  subject: Subject,
  since: number,
  newer: number,
): number | undefined {
  const times = rules.flatMap((rule) => {
    if (rule.noncurrentDays === undefined || !appliesTo(rule, subject)) return [];
    return newer < (rule.noncurrentKept ?? 0) ? [] : [dueAt(since, rule.noncurrentDays)];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The class that an object has moved to by now: the last transition that is due. */
export function transitionedClass(
  rules: readonly LifecycleRule[],
  subject: Subject & { readonly modified: number },
  now: number,
): string | undefined {
  let last: { readonly at: number; readonly storageClass: string } | undefined;
  for (const rule of rules) {
    if (!appliesTo(rule, subject)) continue;
    for (const { days, date, storageClass } of rule.transitions) {
      const at =
        date ?? (days === undefined ? undefined : days === 0 ? subject.modified : dueAt(subject.modified, days));
      if (at !== undefined && at <= now && (last === undefined || at >= last.at)) last = { at, storageClass };
    }
  }
  return last?.storageClass;
}
