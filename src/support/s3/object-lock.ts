import { bucketOf, objectRef, requestKeys } from './access.ts';
import type { Operation } from './api.ts';
import { changeBucket, onBucket } from './bucket-settings.ts';
import { changeability, type Retention } from './engine/object-lock.ts';
import { invalidArgument, invalidRequest, refusal, refused } from './errors.ts';
import { type versionKeys, versionResource } from './object-access.ts';
import type { BucketRow } from './records.ts';
import { rewriteVersion } from './rewrite.ts';
import { versionFor } from './versions.ts';

const dayMs = 86_400_000;

export const GetObjectLockConfiguration: Operation<'GetObjectLockConfiguration'> = {
  ...onBucket,
  action: 's3:GetBucketObjectLockConfiguration',
  handle: async (input, ctx) => {
    const { name, lock } = await bucketOf(ctx, input);
    if (lock === undefined) throw refusal('ObjectLockConfigurationNotFoundError', { BucketName: name });
    const { retention } = lock;
    return {
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        ...(retention === undefined
          ? {}
          : { Rule: { DefaultRetention: { Mode: retention.mode, Days: retention.days, Years: retention.years } } }),
      },
    };
  },
};

export const PutObjectLockConfiguration: Operation<'PutObjectLockConfiguration'> = {
  ...onBucket,
  action: 's3:PutBucketObjectLockConfiguration',
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const { ObjectLockEnabled: enabled, Rule: rule } = input.ObjectLockConfiguration ?? {};
    if (enabled !== 'Enabled') throw refusal('MalformedXML');
    if (bucket.versioning !== 'Enabled')
      throw refused(
        'InvalidBucketState',
        "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
        409,
      );
    return changeBucket(ctx, input, { lock: { retention: retentionOf(rule?.DefaultRetention, rule !== undefined) } });
  },
};

function retentionOf(
  given:
    | { readonly Mode?: string | undefined; readonly Days?: number | undefined; readonly Years?: number | undefined }
    | undefined,
  wanted: boolean,
): Retention | undefined {
  if (given === undefined) {
    if (wanted) throw refusal('MalformedXML');
    return undefined;
  }
  const { Mode: mode, Days: days, Years: years } = given;
  if ((mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') || (days === undefined) === (years === undefined))
    throw refusal('MalformedXML');
  if ((days ?? 1) <= 0 || (years ?? 1) <= 0)
    throw invalidArgument(
      'Default retention period must be a positive integer value.',
      days === undefined ? 'Years' : 'Days',
      String(days ?? years),
    );
  return { mode, days, years };
}

function checkLockable({ lock }: BucketRow): void {
  if (lock === undefined) throw invalidRequest('Bucket is missing Object Lock Configuration');
}

export const GetObjectRetention: Operation<'GetObjectRetention'> = {
  resource: versionResource,
  conditions: versionKeysWithout,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const row = await versionFor(ctx, bucket, input.Key, input.VersionId);
    checkLockable(bucket);
    if (row.retention === undefined) throw refusal('NoSuchObjectLockConfiguration');
    return { Retention: { Mode: row.retention.mode, RetainUntilDate: new Date(row.retention.until) } };
  },
};

export const PutObjectRetention: Operation<'PutObjectRetention'> = {
  resource: versionResource,
  conditions: (input, ctx) => {
    const until = input.Retention?.RetainUntilDate;
    return {
      ...requestKeys(ctx),
      's3:object-lock-mode': input.Retention?.Mode,
      's3:object-lock-retain-until-date': until?.toISOString(),
      's3:object-lock-remaining-retention-days':
        until === undefined ? undefined : String(Math.ceil((until.getTime() - ctx.now) / dayMs)),
    };
  },
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const row = await versionFor(ctx, bucket, input.Key, input.VersionId, 'PUT');
    checkLockable(bucket);
    const { Mode: mode, RetainUntilDate: until } = input.Retention ?? {};
    if ((mode === undefined) !== (until === undefined)) throw refusal('MalformedXML');
    if (mode !== undefined && mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') throw refusal('MalformedXML');
    if (until !== undefined && until.getTime() <= ctx.now)
      throw invalidArgument('The retain until date must be in the future!', 'RetainUntilDate', until.toString());
    const next = mode === undefined || until === undefined ? undefined : { mode, until: until.getTime() };
    const may = changeability(row.retention, next, ctx.now);
    if (may === 'never' || (may === 'bypass' && input.BypassGovernanceRetention !== true))
      throw refused('AccessDenied', 'Access Denied because object protected by object lock.', 403);
    if (may === 'bypass')
      await ctx.authorise(
        's3:BypassGovernanceRetention',
        await objectRef(ctx, bucket, input.Key, row),
        requestKeys(ctx),
      );
    const { retention: _, ...rest } = row;
    await rewriteVersion(ctx, bucket, input.Key, next === undefined ? rest : { ...rest, retention: next });
    return {};
  },
};

export const GetObjectLegalHold: Operation<'GetObjectLegalHold'> = {
  resource: versionResource,
  conditions: versionKeysWithout,
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const row = await versionFor(ctx, bucket, input.Key, input.VersionId);
    checkLockable(bucket);
    if (row.legalHold === undefined) throw refusal('NoSuchObjectLockConfiguration');
    return { LegalHold: { Status: row.legalHold ? 'ON' : 'OFF' } };
  },
};

export const PutObjectLegalHold: Operation<'PutObjectLegalHold'> = {
  resource: versionResource,
  conditions: (input, ctx) => ({ ...requestKeys(ctx), 's3:object-lock-legal-hold': input.LegalHold?.Status }),
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const row = await versionFor(ctx, bucket, input.Key, input.VersionId, 'PUT');
    checkLockable(bucket);
    const status = input.LegalHold?.Status;
    if (status !== 'ON' && status !== 'OFF') throw refusal('MalformedXML');
    await rewriteVersion(ctx, bucket, input.Key, { ...row, legalHold: status === 'ON' });
    return {};
  },
};

/** These actions have no key for the version. */
function versionKeysWithout(_input: unknown, ctx: Parameters<typeof versionKeys>[1]) {
  return requestKeys(ctx);
}
