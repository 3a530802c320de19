import { deflateRawSync } from 'node:zlib';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { managedDocument } from '../iam/directory.ts';
import { parsePolicy } from '../iam/engine/engine.ts';

/** Session policies and tags as a request carries them. */
export type SessionLimits = {
  readonly Policy?: string | undefined;
  readonly PolicyArns?: readonly { readonly arn?: string | undefined }[] | undefined;
};

export type SessionPolicies = { readonly policies: readonly string[]; readonly policyArns: readonly string[] };

/** Characters of an inline session policy (STS API reference). */
const maxPolicyLength = 2_048;
const maxPolicyArns = 10;
/** Bytes that policies and tags may take, packed. AWS's packing and its limit are not published. */
const packedBytes = 2_048;

/**
 * The policies that limit a session.
 *
 * @param account whose managed policies may be named
 * @throws ServiceError MalformedPolicyDocument, ValidationError
 */
export async function sessionPolicies(
  ctx: Context,
  account: string,
  { Policy, PolicyArns }: SessionLimits,
): Promise<SessionPolicies> {
  if (Policy !== undefined) {
    if (Policy.length > maxPolicyLength) throw tooLong(Policy);
    const reading = parsePolicy(Policy, 'session');
    if (!reading.ok) {
      throw new ServiceError(
        'MalformedPolicyDocumentException',
        reading.errors[0]?.message ?? 'Syntax errors in policy.',
      );
    }
  }
  const policyArns = (PolicyArns ?? []).map(({ arn }) => arn ?? '');
  if (policyArns.length > maxPolicyArns) {
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to ${maxPolicyArns}`,
    );
  }
  for (const arn of policyArns) {
    if ((await managedDocument(ctx, account, arn)) === undefined) {
      throw new ServiceError('ValidationException', `Policy ARN ${arn} does not exist or is not attachable.`);
    }
  }
  return { policies: Policy === undefined ? [] : [Policy], policyArns };
}

function tooLong(policy: string): ServiceError {
  return new ServiceError(
    'ValidationException',
    `1 validation error detected: Value '${policy}' at 'policy' failed to satisfy constraint: Member must have length less than or equal to ${maxPolicyLength}`,
  );
}

/**
 * How much of the space for session policies and tags is taken, in percent.
 *
 * @throws ServiceError PackedPolicyTooLarge above 100
 */
export function packedSize({ policies, policyArns }: SessionPolicies, tags: Readonly<Record<string, string>>): number {
  const content = [...policies, ...policyArns, ...Object.entries(tags).flat()];
  if (content.length === 0) return 0;
  const percent = Math.ceil((deflateRawSync(content.join('\u0000')).length * 100) / packedBytes);
  if (percent > 100) {
    throw new ServiceError(
      'PackedPolicyTooLargeException',
      `Packed size of session policies and tags consumes ${percent}% of allotted space, please use smaller policies or fewer tags.`,
    );
  }
  return percent;
}
