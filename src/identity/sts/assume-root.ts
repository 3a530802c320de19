import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { notAuthorised } from './role-session.ts';
import { rootSessionsFor } from './root-sessions.ts';

/** AWS's policies for root sessions (STS API reference, AssumeRoot). */
const taskPolicies: ReadonlySet<string> = new Set(
  [
    'IAMAuditRootUserCredentials',
    'IAMCreateRootUserPassword',
    'IAMDeleteRootUserCredentials',
    'S3UnlockBucketPolicy',
    'SQSUnlockQueuePolicy',
  ].map((name) => `arn:aws:iam::aws:policy/root-task/${name}`),
);

export const AssumeRoot: Operation<'AssumeRoot'> = {
  resource: ({ TargetPrincipal }, ctx) => {
    const account = targetAccount(TargetPrincipal);
    const arn = `arn:aws:iam::${account}:root`;
    ctx.audit([{ arn, type: 'AWS::IAM::RootUser', account }]);
    // Members' root users have no policy of their own: what the caller's policies allow counts, wherever the member is.
    return { arn, account: ctx.account };
  },
  conditions: ({ TaskPolicyArn }) => ({ 'sts:TaskPolicyArn': TaskPolicyArn.arn }),
  handle: ({ TargetPrincipal, TaskPolicyArn: { arn: task = '' } }, ctx) => {
    if (ctx.principal.kind === 'root') {
      throw new ServiceError('AccessDeniedException', 'AssumeRoot cannot be called with root user credentials.', {
        status: 403,
      });
    }
    if (!taskPolicies.has(task)) throw invalid(`TaskPolicyArn ${task} is not a policy for root tasks.`);
    const account = targetAccount(TargetPrincipal);
    switch (rootSessionsFor(ctx, account)) {
      case 'no organization':
        throw notAuthorised(ctx, 'sts:AssumeRoot', `arn:aws:iam::${account}:root`);
    }
  },
};

/** @param target account id, or ARN of its root user. @throws ServiceError ValidationError */
function targetAccount(target: string): string {
  const account = /^(?:arn:aws:iam::(\d{12}):root|(\d{12}))$/
    .exec(target)
    ?.slice(1)
    .find((digits) => digits !== undefined);
  if (account === undefined) throw invalid(`${target} is invalid`);
  return account;
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}
