import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { type BucketInput, bucketOf } from './access.ts';
import type { Input, Operation } from './api.ts';
import { onBucket } from './bucket-settings.ts';
import type { LifecycleRule } from './engine/lifecycle.ts';
import { invalidArgument, invalidRequest, refusal } from './errors.ts';
import { type BucketRow, buckets } from './records.ts';

const dayMs = 86_400_000;
const maxRules = 1_000;

type Given = NonNullable<
  NonNullable<Input<'PutBucketLifecycleConfiguration'>['LifecycleConfiguration']>['Rules']
>[number];

export const PutBucketLifecycleConfiguration: Operation<'PutBucketLifecycleConfiguration'> = {
  ...onBucket,
  action: 's3:PutLifecycleConfiguration',
  handle: async (input, ctx) => {
    const given = input.LifecycleConfiguration?.Rules ?? [];
    if (given.length === 0 || given.length > maxRules) throw refusal('MalformedXML');
    const minimumSize = input.TransitionDefaultMinimumObjectSize ?? 'all_storage_classes_128K';
    if (minimumSize !== 'all_storage_classes_128K' && minimumSize !== 'varies_by_storage_class')
      throw invalidRequest(`Invalid TransitionDefaultMinimumObjectSize found: ${minimumSize}`);
    const rules = given.map(ruleOf);
    if (new Set(rules.map(({ id }) => id)).size !== rules.length)
      throw invalidArgument('Rule ID must be unique. Found same ID for more than one rule');
    await setRules(ctx, input, { rules, minimumSize });
    return { TransitionDefaultMinimumObjectSize: minimumSize };
  },
};

async function setRules(ctx: Context, input: BucketInput, lifecycle: BucketRow['lifecycle']): Promise<void> {
  const bucket = await bucketOf(ctx, input);
  ctx.records.put(buckets, bucket.name, { ...bucket, lifecycle });
  const runAt = lifecycle === undefined ? undefined : nextMidnight(ctx.now);
  const id = jobId(bucket.account, bucket.region, bucket.id);
  ctx.schedule({ kind: 's3/lifecycle', id, runAt, payload: { bucket: bucket.name } });
}

/** S3 looks at its rules once a day. */
export function nextMidnight(now: number): number {
  return (Math.floor(now / dayMs) + 1) * dayMs;
}

/** @throws ServiceError MalformedXML, InvalidRequest, InvalidArgument */
function ruleOf(given: Given): LifecycleRule {
  const { Filter: filter, Prefix: prefix, Status: status, ID: id } = given;
  if ((filter === undefined) === (prefix === undefined)) throw refusal('MalformedXML');
  if (status !== 'Enabled' && status !== 'Disabled') throw refusal('MalformedXML');
  if (id === undefined || id.length > 255) throw refusal('MalformedXML');
  const { And: and, ...single } = filter ?? {};
  if (Object.values(single).filter((value) => value !== undefined).length + (and === undefined ? 0 : 1) > 1)
    throw refusal('MalformedXML');
  const tags = and?.Tags ?? (single.Tag === undefined ? [] : [single.Tag]);
  if (new Set(tags.map(({ Key }) => Key)).size !== tags.length)
    throw invalidRequest('Duplicate Tag Keys are not allowed.');
  const { Expiration: expiration, NoncurrentVersionExpiration: noncurrent } = given;
  const days = positive(expiration?.Days);
  const date = midnight(expiration?.Date);
  const ways = [days, date, expiration?.ExpiredObjectDeleteMarker].filter((each) => each !== undefined);
  if (expiration !== undefined && ways.length !== 1) throw refusal('MalformedXML');
  if (noncurrent !== undefined && noncurrent.NoncurrentDays === undefined) throw refusal('MalformedXML');
  const rule: LifecycleRule = {
    id,
    enabled: status === 'Enabled',
    prefix: prefix ?? and?.Prefix ?? single.Prefix ?? '',
    tags: Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value])),
    sizeAbove: and?.ObjectSizeGreaterThan ?? single.ObjectSizeGreaterThan,
    sizeBelow: and?.ObjectSizeLessThan ?? single.ObjectSizeLessThan,
    expiration: days === undefined && date === undefined ? undefined : { days, date },
    expiredMarkers: expiration?.ExpiredObjectDeleteMarker,
    noncurrentDays: positive(noncurrent?.NoncurrentDays),
    noncurrentKept: noncurrent?.NewerNoncurrentVersions,
    abortAfterDays: positive(given.AbortIncompleteMultipartUpload?.DaysAfterInitiation),
    transitions: (given.Transitions ?? []).map(({ Days, Date: at, StorageClass }) => {
      if ((Days === undefined) === (at === undefined) || StorageClass === undefined) throw refusal('MalformedXML');
      return { days: Days, date: midnight(at), storageClass: StorageClass };
    }),
    shown: stored(given) as object,
  };
  const acts =
    rule.expiration ??
    rule.expiredMarkers ??
    rule.noncurrentDays ??
    rule.abortAfterDays ??
    given.NoncurrentVersionTransitions;
  if (acts === undefined && rule.transitions.length === 0)
    throw invalidRequest('At least one action needs to be specified in a rule');
  return rule;
}

function positive(days: number | undefined): number | undefined {
  if (days !== undefined && days <= 0)
    throw invalidArgument("'Days' for Expiration action must be a positive integer", 'Days', String(days));
  return days;
}

function midnight(date: Date | undefined): number | undefined {
  if (date === undefined) return undefined;
  if (date.getTime() % dayMs !== 0) throw invalidArgument("'Date' must be at midnight GMT", 'Date', date.toISOString());
  return date.getTime();
}

/** Records hold no dates: they are kept as text and made dates again when they are shown. */
function stored(value: unknown): unknown {
  if (value instanceof Date) return { $date: value.getTime() };
  if (Array.isArray(value)) return value.map(stored);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, stored(item)]));
}

function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  if ('$date' in value) return new Date(Number(value.$date));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shown(item)]));
}

export const GetBucketLifecycleConfiguration: Operation<'GetBucketLifecycleConfiguration'> = {
  ...onBucket,
  action: 's3:GetLifecycleConfiguration',
  handle: async (input, ctx) => {
    const { name, lifecycle } = await bucketOf(ctx, input);
    if (lifecycle === undefined) throw refusal('NoSuchLifecycleConfiguration', { BucketName: name });
    return {
      Rules: lifecycle.rules.map((rule) => shown(rule.shown)) as never,
      TransitionDefaultMinimumObjectSize: lifecycle.minimumSize as 'all_storage_classes_128K',
    };
  },
};

export const DeleteBucketLifecycle: Operation<'DeleteBucketLifecycle'> = {
  ...onBucket,
  action: 's3:PutLifecycleConfiguration',
  handle: async (input, ctx) => {
    await setRules(ctx, input, undefined);
    return {};
  },
};
