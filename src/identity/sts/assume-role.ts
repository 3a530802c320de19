import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import type { Conditions } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import { accountOfKey } from '../iam/directory.ts';
import type { Input, Operation } from './api.ts';
import { codeTaken } from './mfa.ts';
import { assume, notAuthorised, wantedRole } from './role-session.ts';
import { type SessionTags, sessionTags } from './session-tags.ts';

export const AssumeRole: Operation<'AssumeRole'> = {
  resource: async ({ RoleArn }, ctx) => {
    const wanted = await wantedRole(ctx, RoleArn);
    if (await isProvenRoot(ctx))
      throw new ServiceError('AccessDeniedException', 'Roles may not be assumed by root accounts.', { status: 403 });
    // Credentials of GetFederationToken call nothing of STS but GetCallerIdentity (STS API reference, GetFederationToken).
    if (ctx.principal.kind === 'federated-user') throw notAuthorised(ctx, 'sts:AssumeRole', RoleArn);
    return wanted.ref;
  },
  conditions: async (input, ctx) => ({
    ...requestTagKeys(input.Tags),
    'sts:ExternalId': input.ExternalId,
    'sts:RoleSessionName': input.RoleSessionName,
    'sts:SourceIdentity': input.SourceIdentity,
    'sts:TransitiveTagKeys': input.TransitiveTagKeys,
    // The code is used up when the call succeeds; here it only counts.
    ...((await codeTaken(ctx, input.SerialNumber, input.TokenCode))
      ? { 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '0' }
      : {}),
  }),
  readOnly: true,
  handle: async (input, ctx) => {
    const { RoleArn, RoleSessionName: sessionName } = input;
    if ((input.ProvidedContexts ?? []).length > 0) {
      throw new ServiceError(
        'ValidationException',
        'ProvidedContexts are not supported: there is no IAM Identity Center to issue them.',
      );
    }
    const { row: role, ref, account } = await wantedRole(ctx, RoleArn);
    if (role === undefined) throw notAuthorised(ctx, 'sts:AssumeRole', RoleArn);
    const calling = ctx.principal.kind === 'assumed-role' ? ctx.principal.session : undefined;
    const tags = sessionTags(input.Tags, input.TransitiveTagKeys, calling);
    const sourceIdentity = identityOf(input, calling?.sourceIdentity);
    const conditions = {
      ...(await AssumeRole.conditions?.(input, ctx)),
      ...tagKeys(tags),
      'sts:SourceIdentity': sourceIdentity,
    };
    if (Object.keys(tags.tags).length > 0) await ctx.authorise('sts:TagSession', ref, conditions);
    if (sourceIdentity !== undefined) await ctx.authorise('sts:SetSourceIdentity', ref, conditions);
    return assume(ctx, {
      ...input,
      role,
      account,
      sessionName,
      chained: calling !== undefined,
      tags,
      sourceIdentity,
      federatedProvider: undefined,
      keys: {},
    });
  },
};

/**
 * Root users cannot assume roles. In open mode everybody passes for the root user without proof: only one whose key exists, or who
 * shows a session, is refused.
 */
async function isProvenRoot(ctx: Context): Promise<boolean> {
  const { kind, accessKeyId, session } = ctx.principal;
  if (kind !== 'root') return false;
  return session !== undefined || (accessKeyId !== undefined && (await accountOfKey(ctx, accessKeyId)) !== undefined);
}

function tagKeys({ tags, transitiveTagKeys }: SessionTags): Conditions {
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return { ...requestTagKeys(list), 'sts:TransitiveTagKeys': transitiveTagKeys };
}

/** Once set, a source identity stays through the whole chain (IAM user guide, "Monitor and control actions taken with assumed roles"). */
function identityOf({ SourceIdentity: asked }: Input<'AssumeRole'>, calling: string | undefined): string | undefined {
  if (calling !== undefined && asked !== undefined && asked !== calling) {
    throw new ServiceError(
      'ValidationException',
      'The SourceIdentity of a session cannot be changed by role chaining.',
    );
  }
  return calling ?? asked;
}
