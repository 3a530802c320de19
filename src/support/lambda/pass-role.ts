import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { invalidParameter } from './errors.ts';

/**
 * Hands a role to a function: the caller must be allowed to, and the role must trust Lambda.
 *
 * @throws ServiceError AccessDeniedException, InvalidParameterValueException
 */
export async function passRole(ctx: Context, role: string, functionArn: string): Promise<void> {
  const account = role.split(':', 5)[4] ?? '';
  if (account !== ctx.account) {
    throw new ServiceError('AccessDeniedException', 'Cross-account pass role is not allowed.', { status: 403 });
  }
  await ctx.authorise(
    'iam:PassRole',
    { arn: role },
    {
      'iam:PassedToService': 'lambda.amazonaws.com',
      'iam:AssociatedResourceArn': functionArn,
    },
  );
  try {
    await ctx.call(
      'sts',
      'AssumeRole',
      { RoleArn: role, RoleSessionName: 'lambda-check', DurationSeconds: 900 },
      { as: 'service', account, source: { arn: functionArn, account: ctx.account } },
    );
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw invalidParameter('The role defined for the function cannot be assumed by Lambda.');
  }
}
