import type { Inquiry } from '../inquiry.ts';
import { actionNameOf } from '../matching/action.ts';

/** Services whose resources say for themselves who may use them, and operations that no policy governs. */

/** "No permissions are required": STS answers these to any authenticated caller, even one who is explicitly denied. */
export function needsNoPermission({ request, principal }: Inquiry): boolean {
  const { service, operation } = actionNameOf(request.action);
  if (service !== 'sts' || principal.account === '') return false;
  return operation === 'getcalleridentity' || operation === 'getsessiontoken';
}

/**
 * IAM role trust policies and KMS key policies must name the caller, its role or its account: identity policies alone are not
 * enough, in the same account too.
 */
export function resourceMustAllow({ request, resourceParts }: Inquiry): boolean {
  if (resourceParts === undefined) return false;
  const { service, operation } = actionNameOf(request.action);
  if (service === 'kms') return resourceParts[2] === 'kms' && resourceParts[5].startsWith('key/');
  return service === 'sts' && TRUST_OPERATIONS.has(operation) && resourceParts[5].startsWith('role/');
}

const TRUST_OPERATIONS = new Set([
  'assumerole',
  'assumerolewithsaml',
  'assumerolewithwebidentity',
  'setsourceidentity',
  'tagsession',
]);

/**
 * The owner's root user can always read, replace and delete a bucket policy, even one that denies it (S3 API reference,
 * PutBucketPolicy); otherwise a careless deny would lock a bucket for ever.
 */
export function rootRecoversBucket({ request, principal }: Inquiry, sameAccount: boolean): boolean {
  if (principal.type !== 'root' || !sameAccount) return false;
  const { service, operation } = actionNameOf(request.action);
  return service === 's3' && BUCKET_POLICY_OPERATIONS.has(operation);
}

const BUCKET_POLICY_OPERATIONS = new Set(['deletebucketpolicy', 'getbucketpolicy', 'putbucketpolicy']);
