import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { claimPolicy } from './managed-policy.ts';
import { type PageEnd, type PageInput, pageOfList } from './page.ts';
import type { PolicyHolder } from './records.ts';
import { invalid, overQuota } from './refusals.ts';

/** Managed policies that one user, group or role carries at most (IAM quotas, the default). */
const maxAttached = 10;

/**
 * The holder with a managed policy attached; the same holder when it already was.
 *
 * @param quota `PoliciesPerUser`, `PoliciesPerGroup` or `PoliciesPerRole`
 * @throws ServiceError NoSuchEntity, LimitExceeded, ValidationError
 */
export async function attach<H extends PolicyHolder>(
  ctx: Context,
  holder: H,
  policyArn: string,
  quota: string,
): Promise<H> {
  await claimPolicy(ctx, policyArn);
  if (holder.attachedPolicies.includes(policyArn)) return holder;
  if (holder.attachedPolicies.length >= maxAttached) throw overQuota(quota, maxAttached);
  return { ...holder, attachedPolicies: [...holder.attachedPolicies, policyArn] };
}

/** @throws ServiceError NoSuchEntity, ValidationError */
export function detach<H extends PolicyHolder>(holder: H, policyArn: string): H {
  policyNameOf(policyArn);
  if (!holder.attachedPolicies.includes(policyArn)) {
    throw new ServiceError('NoSuchEntityException', `Policy ${policyArn} was not found.`);
  }
  return { ...holder, attachedPolicies: holder.attachedPolicies.filter((arn) => arn !== policyArn) };
}

export function attachedPage(
  holder: PolicyHolder,
  input: PageInput & { readonly PathPrefix?: string | undefined },
): PageEnd & { AttachedPolicies: { PolicyName: string; PolicyArn: string }[] } {
  const { PathPrefix: prefix = '/' } = input;
  const place = (policy: { readonly PolicyName: string; readonly PolicyArn: string }) =>
    // A customer's policy may be called like one of AWS's: the owner tells them apart.
    `${policy.PolicyName}:${policy.PolicyArn.split(':', 5)[4]}`;
  const attached = attachedList(holder)
    .filter(({ PolicyArn }) => pathOf(PolicyArn).startsWith(prefix))
    .sort((a, b) => (place(a) < place(b) ? -1 : 1));
  const { rows, end } = pageOfList(attached, input, place);
  return { AttachedPolicies: [...rows], ...end };
}

/** Attached policies as answers show them, in the order of attachment. */
export function attachedList(holder: PolicyHolder): { PolicyName: string; PolicyArn: string }[] {
  return holder.attachedPolicies.map((arn) => ({ PolicyName: policyNameOf(arn), PolicyArn: arn }));
}

/** Name in the ARN of a managed policy. @throws ServiceError ValidationError */
function policyNameOf(policyArn: string): string {
  const name = /^arn:aws[a-z-]*:iam::(?:aws|\d{12}):policy\/(?:.*\/)?([^/]+)$/.exec(policyArn)?.[1];
  if (name === undefined) throw invalid('Invalid ARN:  Could not be parsed!');
  return name;
}

function pathOf(policyArn: string): string {
  return policyArn.slice(policyArn.indexOf('/'), policyArn.lastIndexOf('/') + 1);
}
