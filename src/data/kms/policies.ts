import { parsePolicy } from '#identity/iam/engine/engine.ts';
import { pinPrincipals, shownPrincipals } from '#identity/iam/pinned-principals.ts';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { callerKeys, keyResource, notFound, openKey, openOwnKey, readOwnKey } from './access.ts';
import type { Operation } from './api.ts';
import { failure } from './api.ts';
import { keyArn } from './engine/identifiers.ts';
import { delegatesToAccount, MAX_POLICY_BYTES, POLICY_NAME } from './engine/key-policy.ts';
import { bypassOf } from './keys.ts';
import { pageIn } from './page.ts';
import { type KeyRow, keys } from './records.ts';

export const GetKeyPolicy: Operation<'GetKeyPolicy'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  handle: async ({ KeyId, PolicyName }, ctx) => {
    const { row } = await readOwnKey(ctx, KeyId);
    checkName(PolicyName);
    return { Policy: await shownPrincipals(ctx, row.policy), PolicyName: POLICY_NAME };
  },
};

export const PutKeyPolicy: Operation<'PutKeyPolicy'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  conditions: (input) => ({ 'kms:BypassPolicyLockoutSafetyCheck': bypassOf(input) }),
  handle: async ({ KeyId, PolicyName, Policy, BypassPolicyLockoutSafetyCheck }, ctx) => {
    const { row, records } = await openOwnKey(ctx, KeyId);
    checkName(PolicyName);
    await checkKeyPolicy(ctx, row, Policy, BypassPolicyLockoutSafetyCheck);
    records.put(keys, row.keyId, { ...row, policy: await pinPrincipals(ctx, Policy) });
    return {};
  },
};

export const ListKeyPolicies: Operation<'ListKeyPolicies'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  handle: async (input, ctx) => {
    await openKey(ctx, input.KeyId);
    const { entries, ...place } = pageIn(input, 100, [POLICY_NAME]);
    return { PolicyNames: [...entries], ...place };
  },
};

/**
 * Refuses a policy that is malformed, too long, or would lock its author out: after the change the caller must still be able to change
 * the policy, by it or by the IAM policies to which it delegates (developer guide, "Default key policy").
 *
 * @throws ServiceError MalformedPolicyDocumentException, LimitExceededException
 */
export async function checkKeyPolicy(
  ctx: Context,
  row: KeyRow,
  policy: string,
  bypass: boolean | undefined,
): Promise<void> {
  if (Buffer.byteLength(policy) > MAX_POLICY_BYTES) {
    throw failure('LimitExceededException', `The key policy exceeds the limit of ${MAX_POLICY_BYTES} bytes.`);
  }
  const reading = parsePolicy(policy, 'key');
  if (!reading.ok) throw malformed(reading.errors[0]?.message ?? 'Syntax errors in policy.');
  for (const { principals } of reading.policy.statements) {
    for (const name of principals?.aws ?? []) {
      if (!(await ctx.knowsPrincipal(name)))
        throw malformed('Policy contains a statement with one or more invalid principals.');
    }
  }
  if (bypass === true || delegatesToAccount(reading.policy, row.account) || (await keepsAccess(ctx, row, policy)))
    return;
  throw malformed('The new key policy will not allow you to update the key policy in the future.');
}

async function keepsAccess(ctx: Context, row: KeyRow, text: string): Promise<boolean> {
  const arn = keyArn(row.account, row.region, row.keyId);
  const policy = { kind: 'key', source: `new key policy of ${arn}`, text } as const;
  try {
    await ctx.authorise('kms:PutKeyPolicy', { arn, account: row.account, policy, tags: row.tags }, callerKeys(ctx));
    return true;
  } catch (error) {
    if (error instanceof ServiceError) return false;
    throw error;
  }
}

function checkName(name: string | undefined): void {
  if (name !== undefined && name !== POLICY_NAME) throw notFound('No such policy exists');
}

function malformed(message: string): ServiceError {
  return failure('MalformedPolicyDocumentException', message);
}
