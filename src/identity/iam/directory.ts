import type { Context } from '#runtime/context.ts';
import { guessedRight, mayGuess } from './guesses.ts';
import { findPolicyOf } from './managed-policy.ts';
import { type OutboundIssuerRow, outboundIssuers } from './outbound-issuer.ts';
import { documentOf } from './policy-versions.ts';
import { accessKeys, type RoleRow, roles } from './records.ts';
import {
  type OpenIdProviderRow,
  openIdProviders,
  roleUses,
  type SamlProviderRow,
  samlProviders,
} from './records-roles.ts';
import { type MfaDeviceRow, mfaDevices } from './records-users.ts';
import { verifyTotp } from './totp.ts';

/** What STS asks IAM: roles, providers, devices and keys, of any account. */

export { takeTradeInToken } from './delegation-token.ts';
export type { IssuerKey } from './outbound-issuer.ts';
export type { RoleRow } from './records.ts';
export type { OpenIdProviderRow, SamlProviderRow } from './records-roles.ts';

/** The role that an ARN names; undefined when there is none. */
export async function roleOfArn(ctx: Context, arn: string): Promise<RoleRow | undefined> {
  const match = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn);
  if (match === null) return undefined;
  const [, account = '', name = ''] = match;
  const row = await ctx.records.at({ account }).get(roles, name.toLowerCase());
  return row?.arn === arn ? row : undefined;
}

/** How exact `RoleLastUsed` is: a write for every session would make roles that many assume a bottleneck. */
const useGranularityMs = 15 * 60_000;

/** Notes that a role was assumed. */
export async function noteRoleUse(ctx: Context, account: string, role: RoleRow): Promise<void> {
  const records = ctx.records.at({ account });
  const last = await records.get(roleUses, role.roleId);
  if (last !== undefined && ctx.now - last.date < useGranularityMs && last.region === ctx.region) return;
  records.put(roleUses, role.roleId, { date: ctx.now, region: ctx.region });
}

/** The document of a managed policy that an account can use; undefined when there is none. */
export async function managedDocument(ctx: Context, account: string, arn: string): Promise<string | undefined> {
  const policy = await findPolicyOf(ctx.records.at({ account }), account, arn);
  return policy === undefined ? undefined : documentOf(policy);
}

/** @param issuer without scheme */
export function openIdProvider(ctx: Context, account: string, issuer: string): Promise<OpenIdProviderRow | undefined> {
  return ctx.records.at({ account }).get(openIdProviders, issuer);
}

/** An account as an issuer of web identity tokens; undefined when it never was one. */
export function outboundIssuer(ctx: Context, account: string): Promise<OutboundIssuerRow | undefined> {
  return ctx.records.get(outboundIssuers, account);
}

/** The provider that an ARN names; undefined when there is none. */
export async function samlProviderOfArn(ctx: Context, arn: string): Promise<SamlProviderRow | undefined> {
  const match = /^arn:aws:iam::(\d{12}):saml-provider\/([^/]+)$/.exec(arn);
  if (match === null) return undefined;
  const [, account = '', name = ''] = match;
  return ctx.records.at({ account }).get(samlProviders, name);
}

/** Account of a long-term access key; undefined when there is no such key. */
export async function accountOfKey(ctx: Context, accessKeyId: string): Promise<string | undefined> {
  return (await ctx.records.get(accessKeys, accessKeyId))?.account;
}

/**
 * Checks a code of the caller's own MFA device, and uses it up. After too many wrong ones no code counts for a while.
 *
 * @param ownerId user id, or the account's id for its root user
 */
export async function takeMfaCode(ctx: Context, ownerId: string, serialNumber: string, code: string): Promise<boolean> {
  const place = new RegExp(`^arn:aws:iam::${ctx.account}:mfa(/.+)$`).exec(serialNumber)?.[1];
  if (place === undefined) return false;
  const device: MfaDeviceRow | undefined = await ctx.records.get(mfaDevices, place);
  const assigned = device?.assigned;
  if (device === undefined || assigned === undefined || assigned.ownerId !== ownerId) return false;
  const secret = `${serialNumber} of ${ownerId}`;
  if (!(await mayGuess(ctx, secret))) return false;
  const step = verifyTotp(device.seed, code, ctx.now, assigned.lastStep, assigned.drift);
  if (step === undefined) return false;
  await guessedRight(ctx, secret);
  ctx.records.put(mfaDevices, place, { ...device, assigned: { ...assigned, lastStep: step } });
  return true;
}
