import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { base32Of } from './entity-ids.ts';
import { claim, type Owner, ownerNamed, userResource } from './owner.ts';
import { pageOfList } from './page.ts';
import { type SshKeyRow, sshKeys } from './records-users.ts';
import { overQuota, settableStatus } from './refusals.ts';
import { readSshKey, sshKeyPem } from './ssh-key-format.ts';

/** Keys of one user (IAM quotas). */
const maxKeys = 5;

export const UploadSSHPublicKey: Operation<'UploadSSHPublicKey'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName, SSHPublicKeyBody: body }, ctx) => {
    const owner = await ownerNamed(ctx, UserName);
    const key = readSshKey(body);
    if ('fault' in key) {
      const code = key.fault === 'encoding' ? 'UnrecognizedPublicKeyEncodingException' : 'InvalidPublicKeyException';
      throw new ServiceError(code, 'Invalid public key uploaded.');
    }
    const existing = await keysOf(ctx, owner);
    if (existing.some(({ openssh }) => openssh === key.openssh)) {
      throw new ServiceError(
        'DuplicateSSHPublicKeyException',
        'The SSH public key is already associated with the user.',
      );
    }
    if (existing.length >= maxKeys) throw overQuota('SSHPublicKeysPerUser', maxKeys);
    await claim(ctx, owner);
    const row: SshKeyRow = {
      keyId: `APKA${base32Of(ctx.random(16))}`,
      ownerId: owner.ownerId,
      ...key,
      status: 'Active',
      uploadDate: ctx.now,
    };
    ctx.records.create(sshKeys, row.keyId, row);
    return { SSHPublicKey: { ...present(owner, row), Fingerprint: row.fingerprint, SSHPublicKeyBody: row.openssh } };
  },
};

export const GetSSHPublicKey: Operation<'GetSSHPublicKey'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName, SSHPublicKeyId, Encoding }, ctx) => {
    const owner = await ownerNamed(ctx, UserName);
    const row = await keyOf(ctx, owner, SSHPublicKeyId);
    const body = Encoding === 'PEM' ? sshKeyPem(row.openssh) : row.openssh;
    return { SSHPublicKey: { ...present(owner, row), Fingerprint: row.fingerprint, SSHPublicKeyBody: body } };
  },
};

export const ListSSHPublicKeys: Operation<'ListSSHPublicKeys'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async (input, ctx) => {
    const owner = await ownerNamed(ctx, input.UserName);
    const { rows, end } = pageOfList(await keysOf(ctx, owner), input, ({ keyId }) => keyId);
    return { SSHPublicKeys: rows.map((row) => present(owner, row)), ...end };
  },
};

export const UpdateSSHPublicKey: Operation<'UpdateSSHPublicKey'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName, SSHPublicKeyId, Status }, ctx) => {
    const row = await keyOf(ctx, await ownerNamed(ctx, UserName), SSHPublicKeyId);
    ctx.records.put(sshKeys, row.keyId, { ...row, status: settableStatus(Status) });
    return {};
  },
};

export const DeleteSSHPublicKey: Operation<'DeleteSSHPublicKey'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName, SSHPublicKeyId }, ctx) => {
    const row = await keyOf(ctx, await ownerNamed(ctx, UserName), SSHPublicKeyId);
    ctx.records.delete(sshKeys, row.keyId);
    return {};
  },
};

async function keysOf(ctx: Context, { ownerId }: Owner): Promise<readonly SshKeyRow[]> {
  return (await ctx.records.listIndex(sshKeys, 'by-owner', { equals: ownerId })).map(({ value }) => value);
}

async function keyOf(ctx: Context, { ownerId }: Owner, keyId: string): Promise<SshKeyRow> {
  const row = await ctx.records.get(sshKeys, keyId);
  if (row?.ownerId === ownerId) return row;
  throw new ServiceError('NoSuchEntityException', `The Public Key with id ${keyId} cannot be found.`);
}

function present({ user }: Owner, { keyId, status, uploadDate }: SshKeyRow) {
  return {
    UserName: user?.userName,
    SSHPublicKeyId: keyId,
    Status: status,
    UploadDate: new Date(uploadDate),
  };
}
