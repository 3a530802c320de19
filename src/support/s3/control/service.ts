import type { OperationName } from '#runtime/api-types.ts';
import type { Context } from '#runtime/context.ts';
import type { Operation, Operations } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import { requestKeys } from '../access.ts';
import { invalidRequest, refusal } from '../errors.ts';
import { shownBlock, storedBlock } from '../public-access.ts';
import { accountAccess, accountAccessId } from './records.ts';

/** S3 Control's part that guards whole accounts. The rest of its API (access points, batch jobs, Storage Lens) is not part of Ringwall. */

/** How its operations are authorised: on nothing in particular. */
const onAccount = {
  resource: () => '*',
  conditions: (_input: unknown, ctx: Context) => ({ ...requestKeys(ctx), 's3:ResourceAccount': ctx.account }),
};

const GetPublicAccessBlock: Operation<'s3control', 'GetPublicAccessBlock'> = {
  action: 's3:GetAccountPublicAccessBlock',
  ...onAccount,
  handle: async ({ AccountId }, ctx) => {
    const found = await ownRecords(ctx, AccountId).get(accountAccess, accountAccessId);
    if (found === undefined) throw refusal('NoSuchPublicAccessBlockConfiguration', { AccountId });
    return { PublicAccessBlockConfiguration: shownBlock(found) };
  },
};

const PutPublicAccessBlock: Operation<'s3control', 'PutPublicAccessBlock'> = {
  action: 's3:PutAccountPublicAccessBlock',
  ...onAccount,
  handle: async ({ AccountId, PublicAccessBlockConfiguration: block }, ctx) => {
    const records = ownRecords(ctx, AccountId);
    if (Object.values(block).every((value) => value === undefined))
      throw invalidRequest('Must specify at least one configuration.');
    await records.get(accountAccess, accountAccessId);
    records.put(accountAccess, accountAccessId, storedBlock(block));
    return {};
  },
};

const DeletePublicAccessBlock: Operation<'s3control', 'DeletePublicAccessBlock'> = {
  action: 's3:PutAccountPublicAccessBlock',
  ...onAccount,
  handle: async ({ AccountId }, ctx) => {
    const records = ownRecords(ctx, AccountId);
    if ((await records.get(accountAccess, accountAccessId)) !== undefined)
      records.delete(accountAccess, accountAccessId);
    return {};
  },
};

/** Only one's own account. @throws ServiceError AccessDenied */
function ownRecords(ctx: Context, account: string | undefined) {
  if (account !== undefined && account !== ctx.account) throw refusal('AccessDenied');
  return ctx.records;
}

const operations = {
  DeletePublicAccessBlock,
  GetPublicAccessBlock,
  PutPublicAccessBlock,
} satisfies Partial<Operations<'s3control', OperationName<'s3control'>>>;

export const s3Control: Service = {
  name: 's3control',
  prefix: 's3',
  host: 's3.amazonaws.com',
  operations,
  collections: [accountAccess],
  global: true,
};
