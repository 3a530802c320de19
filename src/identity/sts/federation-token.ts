import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { issue } from './credentials.ts';
import { packedSize, sessionPolicies } from './session-policies.ts';
import { sessionTags } from './session-tags.ts';

/** Seconds that a session lasts unless the request says otherwise: users twelve hours, root one at most (STS API reference). */
const userDuration = 43_200;
const rootDuration = 3_600;

export const GetFederationToken: Operation<'GetFederationToken'> = {
  action: ({ Tags }) =>
    Tags === undefined || Tags.length === 0 ? 'sts:GetFederationToken' : ['sts:GetFederationToken', 'sts:TagSession'],
  resource: ({ Name }, ctx) => {
    const { principal } = ctx;
    if ((principal.kind !== 'user' && principal.kind !== 'root') || principal.session !== undefined) {
      throw new ServiceError('AccessDeniedException', 'Cannot call GetFederationToken with session credentials', {
        status: 403,
      });
    }
    return federatedArn(ctx, Name);
  },
  conditions: ({ Tags }) => requestTagKeys(Tags),
  readOnly: true,
  handle: async (input, ctx) => {
    const { principal, account } = ctx;
    const { Name: name, DurationSeconds = userDuration } = input;
    const limits = await sessionPolicies(ctx, account, input);
    const tags = sessionTags(input.Tags, undefined, undefined);
    const packed = packedSize(limits, tags.tags);
    const arn = federatedArn(ctx, name);
    const userId = `${account}:${name}`;
    const credentials = issue(
      ctx,
      {
        kind: 'federated-user',
        account,
        arn,
        userId,
        name,
        facts: {
          issuerArn: principal.arn,
          issuerId: principal.userId,
          issuerName: principal.name ?? '',
          sessionName: name,
          mfa: false,
          ...limits,
          ...tags,
          sourceIdentity: undefined,
          federatedProvider: undefined,
        },
        keys: {},
      },
      principal.kind === 'root' ? Math.min(DurationSeconds, rootDuration) : DurationSeconds,
    );
    return { Credentials: credentials, FederatedUser: { FederatedUserId: userId, Arn: arn }, PackedPolicySize: packed };
  },
};

function federatedArn({ account }: Context, name: string): string {
  return `arn:aws:sts::${account}:federated-user/${name}`;
}
