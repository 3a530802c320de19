import { ServiceError } from '#wire/service-error.ts';
import { accountOfKey } from '../iam/directory.ts';
import type { Operation } from './api.ts';
import { accountInKeyId } from './temporary-key-id.ts';

export const GetAccessKeyInfo: Operation<'GetAccessKeyInfo'> = {
  resource: () => '*',
  handle: async ({ AccessKeyId: id }, ctx) => {
    const account = accountInKeyId(id) ?? (await accountOfKey(ctx, id));
    if (account === undefined) throw new ServiceError('ValidationException', `The access key ID ${id} does not exist.`);
    return { Account: account };
  },
};
