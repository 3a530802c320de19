import type { Context } from '#runtime/context.ts';

/** Who hands a role to this service, for a rule, must be allowed to. @throws ServiceError AccessDenied */
export async function passRole(ctx: Context, role: string | undefined, rule: string): Promise<void> {
  if (role === undefined) return;
  await ctx.authorise(
    'iam:PassRole',
    { arn: role },
    { 'iam:PassedToService': 'events.amazonaws.com', 'iam:AssociatedResourceArn': rule },
  );
}
