import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { issue } from './credentials.ts';
import { codeTaken } from './mfa.ts';

/** Seconds that a session lasts unless the request says otherwise: users twelve hours, root one at most (STS API reference). */
const userDuration = 43_200;
const rootDuration = 3_600;

export const GetSessionToken: Operation<'GetSessionToken'> = {
  resource: 'none',
  readOnly: true,
  handle: async ({ DurationSeconds, SerialNumber, TokenCode }, ctx) => {
    const { principal } = ctx;
    if ((principal.kind !== 'user' && principal.kind !== 'root') || principal.session !== undefined) {
      throw new ServiceError('AccessDeniedException', 'Cannot call GetSessionToken with session credentials', {
        status: 403,
      });
    }
    const isRoot = principal.kind === 'root';
    const duration = DurationSeconds ?? userDuration;
    const credentials = issue(
      ctx,
      {
        kind: principal.kind,
        account: principal.account,
        arn: principal.arn,
        userId: principal.userId,
        name: principal.name,
        facts: {
          issuerArn: principal.arn,
          issuerId: principal.userId,
          issuerName: principal.name ?? '',
          sessionName: undefined,
          mfa: await codeTaken(ctx, SerialNumber, TokenCode),
          policies: [],
          policyArns: [],
          tags: {},
          transitiveTagKeys: [],
          sourceIdentity: undefined,
          federatedProvider: undefined,
        },
        keys: {},
      },
      isRoot ? Math.min(duration, rootDuration) : duration,
    );
    return { Credentials: credentials };
  },
};
