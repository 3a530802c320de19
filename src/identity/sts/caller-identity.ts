import type { Operation } from './api.ts';

export const GetCallerIdentity: Operation<'GetCallerIdentity'> = {
  resource: 'none',
  handle: (_input, { principal, account }) => ({ UserId: principal.userId, Account: account, Arn: principal.arn }),
};
