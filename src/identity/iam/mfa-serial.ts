import type { Context } from '#runtime/context.ts';
import { type MfaDeviceRow, mfaDevices } from './records-users.ts';

/** Id of a device in its collection: what stands behind `mfa` in its serial number. Undefined for other accounts' devices. */
export function mfaDeviceId({ account }: Context, serialNumber: string): string | undefined {
  const prefix = `arn:aws:iam::${account}:mfa/`;
  return serialNumber.startsWith(prefix) && serialNumber.length > prefix.length
    ? serialNumber.slice(prefix.length - 1)
    : undefined;
}

export async function findMfaDevice(ctx: Context, serialNumber: string): Promise<MfaDeviceRow | undefined> {
  const id = mfaDeviceId(ctx, serialNumber);
  return id === undefined ? undefined : ctx.records.get(mfaDevices, id);
}
