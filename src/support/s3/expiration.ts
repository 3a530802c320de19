import { expiryOf } from './engine/lifecycle.ts';
import type { BucketRow, ObjectRow } from './records.ts';

/** When a current version expires, as answers tell it: `expiry-date="…", rule-id="…"`. */
export function expiration(bucket: BucketRow, key: string, row: ObjectRow): { readonly Expiration?: string } {
  if (bucket.lifecycle === undefined) return {};
  const expiry = expiryOf(bucket.lifecycle.rules, { key, ...row });
  if (expiry === undefined) return {};
  return {
    Expiration: `expiry-date="${new Date(expiry.at).toUTCString()}", rule-id="${encodeURIComponent(expiry.rule)}"`,
  };
}
