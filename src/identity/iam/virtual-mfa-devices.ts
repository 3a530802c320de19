import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { toBase32 } from './base32.ts';
import { findMfaDevice, mfaDeviceId } from './mfa-serial.ts';
import { pageOfRows } from './page.ts';
import { bitmapPng } from './png.ts';
import { qrCode } from './qr/qr-code.ts';
import { users } from './records.ts';
import { type MfaAssignment, type MfaDeviceRow, mfaDevices } from './records-users.ts';
import { invalid } from './refusals.ts';
import { addTags, removeTags, tagList, tagPage } from './tags.ts';
import { presentRoot, presentUser } from './users.ts';

/** 320 bits, as AWS's are; RFC 4226 §4 asks for 128 at least and recommends 160. */
const seedBytes = 40;
/** Other operations take serial numbers of no more than this. */
const maxSerial = 256;

export const CreateVirtualMFADevice: Operation<'CreateVirtualMFADevice'> = {
  action: ({ Tags }) =>
    Tags === undefined || Tags.length === 0
      ? 'iam:CreateVirtualMFADevice'
      : ['iam:CreateVirtualMFADevice', 'iam:TagMFADevice'],
  resource: ({ VirtualMFADeviceName: name, Path = '/' }, ctx) => `arn:aws:iam::${ctx.account}:mfa${Path}${name}`,
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async ({ VirtualMFADeviceName: name, Path: path = '/', Tags }, ctx) => {
    const id = `${path}${name}`;
    const serialNumber = `arn:aws:iam::${ctx.account}:mfa${id}`;
    if (serialNumber.length > maxSerial)
      throw invalid(`Path and name are too long: the serial number has at most ${maxSerial} characters.`);
    if ((await ctx.records.get(mfaDevices, id)) !== undefined) {
      throw new ServiceError(
        'EntityAlreadyExistsException',
        'MFADevice entity at the same path and name already exists.',
      );
    }
    const seed = toBase32(ctx.random(seedBytes));
    const tags = addTags({}, Tags, 'MFADevice');
    ctx.records.create(mfaDevices, id, { serialNumber, createDate: ctx.now, seed, tags, assigned: undefined });
    return {
      VirtualMFADevice: {
        SerialNumber: serialNumber,
        // Shown once, like a secret access key.
        Base32StringSeed: Buffer.from(seed),
        QRCodePNG: picture(ctx, name, seed),
        ...(Object.keys(tags).length === 0 ? {} : { Tags: tagList(tags) }),
      },
    };
  },
};

export const ListVirtualMFADevices: Operation<'ListVirtualMFADevices'> = {
  resource: (_input, ctx) => `arn:aws:iam::${ctx.account}:mfa/`,
  handle: async (input, ctx) => {
    const { AssignmentStatus: wanted = 'Any' } = input;
    const { rows, end } = await pageOfRows(
      ctx,
      mfaDevices,
      input,
      ({ assigned }) => wanted === 'Any' || (assigned !== undefined) === (wanted === 'Assigned'),
    );
    return { VirtualMFADevices: await Promise.all(rows.map((row) => present(ctx, row))), ...end };
  },
};

export const DeleteVirtualMFADevice: Operation<'DeleteVirtualMFADevice'> = {
  resource: ({ SerialNumber }, ctx) => mfaResource(ctx, SerialNumber),
  handle: async ({ SerialNumber }, ctx) => {
    const device = await deviceOf(ctx, SerialNumber);
    if (device.row.assigned !== undefined) {
      throw new ServiceError('DeleteConflictException', 'MFA VirtualDevice in use. Must deactivate first.');
    }
    ctx.records.delete(mfaDevices, device.id);
    return {};
  },
};

export const TagMFADevice: Operation<'TagMFADevice'> = {
  resource: ({ SerialNumber }, ctx) => mfaResource(ctx, SerialNumber),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async ({ SerialNumber, Tags }, ctx) => {
    const { id, row } = await deviceOf(ctx, SerialNumber);
    ctx.records.put(mfaDevices, id, { ...row, tags: addTags(row.tags, Tags, 'MFADevice') });
    return {};
  },
};

export const UntagMFADevice: Operation<'UntagMFADevice'> = {
  resource: ({ SerialNumber }, ctx) => mfaResource(ctx, SerialNumber),
  conditions: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),
  handle: async ({ SerialNumber, TagKeys }, ctx) => {
    const { id, row } = await deviceOf(ctx, SerialNumber);
    ctx.records.put(mfaDevices, id, { ...row, tags: removeTags(row.tags, TagKeys) });
    return {};
  },
};

export const ListMFADeviceTags: Operation<'ListMFADeviceTags'> = {
  resource: ({ SerialNumber }, ctx) => mfaResource(ctx, SerialNumber),
  handle: async (input, ctx) => tagPage((await deviceOf(ctx, input.SerialNumber)).row.tags, input),
};

/** @throws ServiceError NoSuchEntity */
export async function deviceOf(
  ctx: Context,
  serialNumber: string,
): Promise<{ readonly id: string; readonly row: MfaDeviceRow }> {
  const id = mfaDeviceId(ctx, serialNumber);
  const row = await findMfaDevice(ctx, serialNumber);
  if (id !== undefined && row !== undefined) return { id, row };
  throw new ServiceError('NoSuchEntityException', `VirtualMFADevice with serial number ${serialNumber} doesn't exist.`);
}

async function mfaResource(ctx: Context, serialNumber: string): Promise<ResourceRef> {
  const device = await findMfaDevice(ctx, serialNumber);
  // A serial number that is none of ours belongs to no one else either: it is looked for in the caller's account.
  return { arn: serialNumber, account: ctx.account, tags: device?.tags };
}

/** What authenticator apps scan: the key's URI (Google Authenticator wiki, "Key Uri Format"). */
function picture(ctx: Context, name: string, seed: string): Buffer {
  const issuer = 'Amazon Web Services';
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(`${name}@${ctx.account}`)}`;
  const uri = `otpauth://totp/${label}?secret=${seed}&issuer=${encodeURIComponent(issuer)}`;
  // The name is no longer than a serial number: the URI fits.
  return bitmapPng(qrCode(uri) ?? [], 4, 4);
}

async function present(ctx: Context, { serialNumber, assigned }: MfaDeviceRow) {
  if (assigned === undefined) return { SerialNumber: serialNumber };
  return {
    SerialNumber: serialNumber,
    User: await presentOwner(ctx, assigned),
    EnableDate: new Date(assigned.enableDate),
  };
}

async function presentOwner(ctx: Context, { ownerId }: MfaAssignment) {
  if (ownerId === ctx.account) return presentRoot(ctx);
  const [found] = await ctx.records.listIndex(users, 'by-id', { equals: ownerId, limit: 1 });
  return found === undefined ? undefined : presentUser(found.value);
}
