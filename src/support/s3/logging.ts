import { bucketOf } from './access.ts';
import type { Operation } from './api.ts';
import { changeBucket, onBucket } from './bucket-settings.ts';
import { refused } from './errors.ts';
import { buckets } from './records.ts';

export const PutBucketLogging: Operation<'PutBucketLogging'> = {
  ...onBucket,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const enabled = input.BucketLoggingStatus.LoggingEnabled;
    if (enabled === undefined) return changeBucket(ctx, input, { logging: undefined });
    const target = await ctx.records.get(buckets, enabled.TargetBucket);
    if (target === undefined || target.account !== bucket.account)
      throw refused('InvalidTargetBucketForLogging', 'The target bucket for logging does not exist', 400, {
        TargetBucket: enabled.TargetBucket,
      });
    if (target.region !== bucket.region)
      throw refused('CrossLocationLoggingProhibitted', 'Cross S3 location logging not allowed. ', 403, {
        ...(bucket.region === 'us-east-1' ? {} : { SourceBucketLocation: bucket.region }),
        TargetBucketLocation: target.region,
      });
    const { TargetBucket: name, TargetPrefix: prefix } = enabled;
    return changeBucket(ctx, input, { logging: { bucket: name, prefix, shown: enabled } });
  },
};

export const GetBucketLogging: Operation<'GetBucketLogging'> = {
  ...onBucket,
  handle: async (input, ctx) => {
    const { logging } = await bucketOf(ctx, input);
    return logging === undefined ? {} : { LoggingEnabled: logging.shown as never };
  },
};
