import { isPublic, parsePolicy } from '#identity/iam/engine/engine.ts';
import type { Context } from '#runtime/context.ts';
import type { Principal } from '#runtime/principal.ts';
import { accountAccess, accountAccessId } from './control/records.ts';
import type { BucketRow, PublicAccessBlock } from './records.ts';

const open: PublicAccessBlock = {
  blockPublicAcls: false,
  ignorePublicAcls: false,
  blockPublicPolicy: false,
  restrictPublicBuckets: false,
};

/** What new buckets have (S3 user guide, "Default settings for new S3 buckets"). */
export const closed: PublicAccessBlock = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
};

/** Block Public Access as it works on a bucket: its own settings and its account's, the stricter of each. */
export async function publicAccessOf(ctx: Context, bucket: BucketRow): Promise<PublicAccessBlock> {
  const own = bucket.publicAccess ?? open;
  const account = (await ctx.records.at({ account: bucket.account }).get(accountAccess, accountAccessId)) ?? open;
  return {
    blockPublicAcls: own.blockPublicAcls || account.blockPublicAcls,
    ignorePublicAcls: own.ignorePublicAcls || account.ignorePublicAcls,
    blockPublicPolicy: own.blockPublicPolicy || account.blockPublicPolicy,
    restrictPublicBuckets: own.restrictPublicBuckets || account.restrictPublicBuckets,
  };
}

/** Neither of the bucket's account nor a service. */
export function isOutsider(principal: Principal, account: string): boolean {
  return principal.kind !== 'service' && (principal.kind === 'anonymous' || principal.account !== account);
}

const known = new Map<string, boolean>();
const maxKnown = 1_000;

/** Whether the policy engine calls a policy public: it grants something to everybody, tied to nothing. */
export function isPublicPolicy(text: string): boolean {
  let found = known.get(text);
  if (found === undefined) {
    const reading = parsePolicy(text, 'resource');
    found = !reading.ok || isPublic(reading);
    if (known.size >= maxKnown) known.clear();
    known.set(text, found);
  }
  return found;
}

type Shown = {
  readonly BlockPublicAcls?: boolean | undefined;
  readonly IgnorePublicAcls?: boolean | undefined;
  readonly BlockPublicPolicy?: boolean | undefined;
  readonly RestrictPublicBuckets?: boolean | undefined;
};

export function storedBlock(shown: Shown): PublicAccessBlock {
  return {
    blockPublicAcls: shown.BlockPublicAcls ?? false,
    ignorePublicAcls: shown.IgnorePublicAcls ?? false,
    blockPublicPolicy: shown.BlockPublicPolicy ?? false,
    restrictPublicBuckets: shown.RestrictPublicBuckets ?? false,
  };
}

export function shownBlock(stored: PublicAccessBlock) {
  return {
    BlockPublicAcls: stored.blockPublicAcls,
    IgnorePublicAcls: stored.ignorePublicAcls,
    BlockPublicPolicy: stored.blockPublicPolicy,
    RestrictPublicBuckets: stored.restrictPublicBuckets,
  };
}
