import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { findMfaDevice } from './mfa-serial.ts';
import { claim, type Owner, ownerNamed, userResource } from './owner.ts';
import { pageOfList } from './page.ts';
import { users } from './records.ts';
import { type MfaAssignment, type MfaDeviceRow, mfaDevices } from './records-users.ts';
import { overQuota } from './refusals.ts';
import { locateTotp } from './totp.ts';
import { deviceOf } from './virtual-mfa-devices.ts';

/** Devices of one user (IAM quotas). */
const maxDevices = 8;

export const EnableMFADevice: Operation<'EnableMFADevice'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName, SerialNumber, AuthenticationCode1, AuthenticationCode2 }, ctx) => {
    const owner = await ownerNamed(ctx, UserName);
    const { id, row } = await deviceOf(ctx, SerialNumber);
    if (row.assigned !== undefined) {
      throw new ServiceError(
        'EntityAlreadyExistsException',
        `MFADevice with serial number ${SerialNumber} is already in use.`,
      );
    }
    if ((await devicesOf(ctx, owner)).length >= maxDevices) throw overQuota('MFADevicesPerUser', maxDevices);
    const { step, drift } = locate(ctx, row, [AuthenticationCode1, AuthenticationCode2]);
    await claim(ctx, owner);
    const assigned: MfaAssignment = { ownerId: owner.ownerId, enableDate: ctx.now, lastStep: step, drift };
    ctx.records.put(mfaDevices, id, { ...row, assigned });
    return {};
  },
};

export const ResyncMFADevice: Operation<'ResyncMFADevice'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName, SerialNumber, AuthenticationCode1, AuthenticationCode2 }, ctx) => {
    const { id, row, assigned } = await assignedDevice(ctx, await ownerNamed(ctx, UserName), SerialNumber);
    const { step, drift } = locate(ctx, row, [AuthenticationCode1, AuthenticationCode2], assigned.lastStep);
    ctx.records.put(mfaDevices, id, { ...row, assigned: { ...assigned, lastStep: step, drift } });
    return {};
  },
};

export const DeactivateMFADevice: Operation<'DeactivateMFADevice'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName, SerialNumber }, ctx) => {
    const { id, row } = await assignedDevice(ctx, await ownerNamed(ctx, UserName), SerialNumber);
    ctx.records.put(mfaDevices, id, { ...row, assigned: undefined });
    return {};
  },
};

export const ListMFADevices: Operation<'ListMFADevices'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async (input, ctx) => {
    const owner = await ownerNamed(ctx, input.UserName);
    const { rows, end } = pageOfList(await devicesOf(ctx, owner), input, ({ serialNumber }) => serialNumber);
    return {
      MFADevices: rows.map(({ serialNumber, assigned }) => ({
        UserName: owner.user?.userName,
        SerialNumber: serialNumber,
        EnableDate: assigned === undefined ? undefined : new Date(assigned.enableDate),
      })),
      ...end,
    };
  },
};

export const GetMFADevice: Operation<'GetMFADevice'> = {
  resource: async ({ UserName, SerialNumber }, ctx) => {
    if (UserName !== undefined) return userResource(ctx, UserName);
    const owner = await holderOf(ctx, SerialNumber);
    return owner === undefined ? { arn: '*' } : userResource(ctx, owner);
  },
  handle: async ({ UserName, SerialNumber }, ctx) => {
    const owner = await ownerNamed(ctx, UserName ?? (await holderOf(ctx, SerialNumber)));
    const { assigned } = await assignedDevice(ctx, owner, SerialNumber);
    return {
      ...(owner.user === undefined ? {} : { UserName: owner.user.userName }),
      SerialNumber,
      EnableDate: new Date(assigned.enableDate),
    };
  },
};

/** Devices enabled for somebody, in order of their serial numbers. */
export async function devicesOf(ctx: Context, { ownerId }: Pick<Owner, 'ownerId'>): Promise<readonly MfaDeviceRow[]> {
  return (await ctx.records.listIndex(mfaDevices, 'by-owner', { equals: ownerId })).map(({ value }) => value);
}

/** Name of the user that a device is enabled for; undefined for the root user and for devices of nobody. */
async function holderOf(ctx: Context, serialNumber: string): Promise<string | undefined> {
  const device = await findMfaDevice(ctx, serialNumber);
  if (device?.assigned === undefined) return undefined;
  const [found] = await ctx.records.listIndex(users, 'by-id', { equals: device.assigned.ownerId, limit: 1 });
  return found?.value.userName;
}

async function assignedDevice(ctx: Context, owner: Owner, serialNumber: string) {
  const { id, row } = await deviceOf(ctx, serialNumber);
  const { assigned } = row;
  if (assigned?.ownerId === owner.ownerId) return { id, row, assigned };
  throw new ServiceError('NoSuchEntityException', 'MFA Device invalid for user.');
}

/** @throws ServiceError InvalidAuthenticationCode when the codes do not follow each other, or were taken before */
function locate(ctx: Context, { seed }: MfaDeviceRow, codes: readonly [string, string], lastStep?: number) {
  const found = locateTotp(seed, codes, ctx.now, lastStep);
  if (found !== undefined) return found;
  throw new ServiceError('InvalidAuthenticationCodeException', 'Authentication code for device is not valid.');
}
