import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import { noteRoleUse, type RoleRow, roleOfArn } from '../iam/directory.ts';
import { issue } from './credentials.ts';
import { packedSize, type SessionLimits, sessionPolicies } from './session-policies.ts';
import type { SessionTags } from './session-tags.ts';

/** Seconds that a session lasts unless the request says otherwise. */
const defaultDuration = 3_600;

/** A role asked for: its row, if there is one, and what policies see of it. */
export type WantedRole = { readonly row: RoleRow | undefined; readonly ref: ResourceRef; readonly account: string };

/** @throws ServiceError ValidationError for what is no ARN */
export async function wantedRole(ctx: Context, arn: string): Promise<WantedRole> {
  if (!/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/.test(arn)) throw new ServiceError('ValidationException', `${arn} is invalid`);
  const row = await roleOfArn(ctx, arn);
  const account = arn.split(':', 5)[4] ?? '';
  ctx.audit([{ arn, type: 'AWS::IAM::Role', account }]);
  if (row === undefined) return { row, account, ref: { arn, account } };
  return {
    row,
    account,
    ref: {
      arn,
      account,
      policy: { kind: 'trust', source: `trust policy of ${arn}`, text: row.trustPolicy },
      tags: row.tags,
      conditions: Object.fromEntries(Object.entries(row.tags).map(([key, value]) => [`iam:ResourceTag/${key}`, value])),
    },
  };
}

export type RoleSession = SessionLimits & {
  readonly role: RoleRow;
  readonly account: string;
  readonly sessionName: string;
  readonly DurationSeconds?: number | undefined;
  /** Role chaining: a session assumes a role, for one hour at most. */
  readonly chained: boolean;
  readonly tags: SessionTags;
  readonly sourceIdentity: string | undefined;
  readonly federatedProvider: string | undefined;
  /** Condition keys that the way of signing in gave. */
  readonly keys: Readonly<Record<string, string | readonly string[]>>;
};

/** Makes the session of a role that may be assumed. @throws ServiceError ValidationError, MalformedPolicyDocument, PackedPolicyTooLarge */
export async function assume(ctx: Context, session: RoleSession) {
  const { role, account, sessionName, tags, sourceIdentity } = session;
  const duration = checkedDuration(session);
  const limits = await sessionPolicies(ctx, account, session);
  const packed = packedSize(limits, tags.tags);
  await noteRoleUse(ctx, account, role);
  const arn = `arn:aws:sts::${account}:assumed-role/${role.roleName}/${sessionName}`;
  const userId = `${role.roleId}:${sessionName}`;
  const credentials = issue(
    ctx,
    {
      kind: 'assumed-role',
      account,
      arn,
      userId,
      name: role.roleName,
      facts: {
        issuerArn: role.arn,
        issuerId: role.roleId,
        issuerName: role.roleName,
        sessionName,
        // A session of a role tells nothing of how its caller signed in (IAM user guide, "MFA protection for cross-account delegation").
        mfa: false,
        ...limits,
        ...tags,
        sourceIdentity,
        federatedProvider: session.federatedProvider,
      },
      keys: session.keys,
    },
    duration,
  );
  return {
    Credentials: credentials,
    AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
    ...(packed === 0 ? {} : { PackedPolicySize: packed }),
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
  };
}

function checkedDuration({ DurationSeconds: asked, role, chained }: RoleSession): number {
  if (asked !== undefined && chained && asked > defaultDuration) {
    throw new ServiceError(
      'ValidationException',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (asked !== undefined && asked > role.maxSessionDuration) {
    throw new ServiceError(
      'ValidationException',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  return asked ?? defaultDuration;
}

/** STS's refusal, in the words of the policy engine's for a role that is not there. */
export function notAuthorised(ctx: Context, action: string, arn: string): ServiceError {
  const text = `User: ${ctx.principal.arn} is not authorized to perform: ${action} on resource: ${arn}`;
  return new ServiceError('AccessDeniedException', text, { status: 403 });
}
