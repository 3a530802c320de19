import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { newAccessKeyId, newSecretAccessKey } from './bootstrap.ts';
import { forgetKeyUse, lastKeyUse } from './key-use.ts';
import { claim, type Owner, ownerNamed, userResource } from './owner.ts';
import { pageOfList } from './page.ts';
import { type AccessKeyRow, accessKeys } from './records.ts';
import { deleteConflict, overQuota, settableStatus } from './refusals.ts';

/** Access keys of one user (IAM quotas). */
const maxKeys = 2;

export const CreateAccessKey: Operation<'CreateAccessKey'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName }, ctx) => {
    const owner = await ownerNamed(ctx, UserName);
    if ((await keysOf(ctx, owner)).length >= maxKeys) throw overQuota('AccessKeysPerUser', maxKeys);
    await claim(ctx, owner);
    const key: AccessKeyRow = {
      accessKeyId: newAccessKeyId('AKIA', ctx.random(16)),
      secretAccessKey: newSecretAccessKey(ctx.random(30)),
      account: ctx.account,
      userName: owner.user?.userName,
      status: 'Active',
      createDate: ctx.now,
    };
    ctx.records.create(accessKeys, key.accessKeyId, key);
    return { AccessKey: { ...present(key), SecretAccessKey: key.secretAccessKey } };
  },
};

export const ListAccessKeys: Operation<'ListAccessKeys'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async (input, ctx) => {
    const keys = await keysOf(ctx, await ownerNamed(ctx, input.UserName));
    const { rows, end } = pageOfList(keys, input, ({ accessKeyId }) => accessKeyId);
    return { AccessKeyMetadata: rows.map(present), ...end };
  },
};

export const UpdateAccessKey: Operation<'UpdateAccessKey'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName, AccessKeyId, Status }, ctx) => {
    const owner = await ownerNamed(ctx, UserName);
    const key = await keyOf(ctx, owner, AccessKeyId);
    const status = settableStatus(Status);
    if (status === 'Inactive') await keepRootKey(ctx, owner, key);
    ctx.records.put(accessKeys, key.accessKeyId, { ...key, status });
    return {};
  },
};

export const DeleteAccessKey: Operation<'DeleteAccessKey'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName, AccessKeyId }, ctx) => {
    const owner = await ownerNamed(ctx, UserName);
    const key = await keyOf(ctx, owner, AccessKeyId);
    await keepRootKey(ctx, owner, key);
    ctx.records.delete(accessKeys, key.accessKeyId);
    await forgetKeyUse(ctx.records, key.accessKeyId);
    return {};
  },
};

export const GetAccessKeyLastUsed: Operation<'GetAccessKeyLastUsed'> = {
  resource: async ({ AccessKeyId }, ctx) => {
    const key = await ownKey(ctx, AccessKeyId);
    if (key === undefined) return '*';
    return key.userName === undefined ? `arn:aws:iam::${ctx.account}:root` : userResource(ctx, key.userName);
  },
  handle: async ({ AccessKeyId }, ctx) => {
    const key = await ownKey(ctx, AccessKeyId);
    if (key === undefined) throw noSuchKey(AccessKeyId);
    const use = await lastKeyUse(ctx.records, AccessKeyId);
    return {
      ...(key.userName === undefined ? {} : { UserName: key.userName }),
      AccessKeyLastUsed: {
        LastUsedDate: use === undefined ? undefined : new Date(use.date),
        ServiceName: use?.service ?? 'N/A',
        Region: use?.region ?? 'N/A',
      },
    };
  },
};

/** At most two, in order of their ids. */
export async function keysOf(ctx: Context, owner: Owner): Promise<readonly AccessKeyRow[]> {
  const equals = `${ctx.account}/${owner.user?.userName ?? ''}`;
  return (await ctx.records.listIndex(accessKeys, 'by-owner', { equals })).map(({ value }) => value);
}

/** AWS's root users can also sign in with a password; here the last active key is their only way in. @throws ServiceError DeleteConflict */
async function keepRootKey(ctx: Context, owner: Owner, { accessKeyId, status }: AccessKeyRow): Promise<void> {
  if (owner.user !== undefined || status === 'Inactive') return;
  const others = (await keysOf(ctx, owner)).filter((key) => key.accessKeyId !== accessKeyId);
  if (!others.some((key) => key.status === 'Active'))
    throw deleteConflict('must create another active access key of the root user');
}

async function keyOf(ctx: Context, owner: Owner, accessKeyId: string): Promise<AccessKeyRow> {
  const key = await ownKey(ctx, accessKeyId);
  if (key === undefined || key.userName !== owner.user?.userName) throw noSuchKey(accessKeyId);
  return key;
}

/** Keys are kept for the whole installation; other accounts' are as good as none. */
async function ownKey(ctx: Context, accessKeyId: string): Promise<AccessKeyRow | undefined> {
  const key = await ctx.records.get(accessKeys, accessKeyId);
  return key?.account === ctx.account ? key : undefined;
}

function noSuchKey(accessKeyId: string): ServiceError {
  return new ServiceError('NoSuchEntityException', `The Access Key with id ${accessKeyId} cannot be found.`);
}

/** The root user's keys carry no user name. */
function present(key: AccessKeyRow) {
  return {
    UserName: key.userName,
    AccessKeyId: key.accessKeyId,
    Status: key.status,
    CreateDate: new Date(key.createDate),
  };
}
