import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { keysOf } from './access-keys.ts';
import type { Operation } from './api.ts';
import { everyRow } from './every-row.ts';
import { lastKeyUse } from './key-use.ts';
import { devicesOf } from './mfa-devices.ts';
import { accountRow, type Owner } from './owner.ts';
import { passwordRules } from './password-policy.ts';
import { expiryOf, type PasswordRules } from './password-rules.ts';
import { type AccessKeyRow, type UserRow, users } from './records.ts';
import { credentialReports, loginProfiles } from './records-users.ts';
import { certificatesOf } from './signing-certificates.ts';

/** A report is worth this long; until then no new one is made (IAM user guide, "Getting credential reports"). */
const lifetimeMs = 4 * 3_600_000;
const latest = 'latest';

const perKey = ['active', 'last_rotated', 'last_used_date', 'last_used_region', 'last_used_service'];
const columns = [
  ...['user', 'arn', 'user_creation_time'],
  ...['password_enabled', 'password_last_used', 'password_last_changed', 'password_next_rotation', 'mfa_active'],
  ...perKey.map((name) => `access_key_1_${name}`),
  ...perKey.map((name) => `access_key_2_${name}`),
  ...['cert_1_active', 'cert_1_last_rotated', 'cert_2_active', 'cert_2_last_rotated'],
];

export const GenerateCredentialReport: Operation<'GenerateCredentialReport'> = {
  resource: () => '*',
  handle: async (_input, ctx) => {
    const existing = await ctx.records.get(credentialReports, latest);
    if (existing !== undefined && ctx.now - existing.generated < lifetimeMs) return { State: 'COMPLETE' };
    ctx.records.put(credentialReports, latest, { generated: ctx.now, csv: await report(ctx) });
    return { State: 'STARTED', Description: 'No report exists. Starting a new report generation task' };
  },
};

export const GetCredentialReport: Operation<'GetCredentialReport'> = {
  resource: () => '*',
  handle: async (_input, ctx) => {
    const existing = await ctx.records.get(credentialReports, latest);
    if (existing === undefined)
      throw new ServiceError('CredentialReportNotPresentException', 'No report has been generated.');
    if (ctx.now - existing.generated >= lifetimeMs) {
      throw new ServiceError('CredentialReportExpiredException', 'The report has expired; generate a new one.');
    }
    return {
      Content: Buffer.from(existing.csv),
      ReportFormat: 'text/csv',
      GeneratedTime: new Date(existing.generated),
    };
  },
};

async function report(ctx: Context): Promise<string> {
  const rules = await passwordRules(ctx);
  const lines = [columns.join(','), line(await rootLine(ctx))];
  for await (const { value } of everyRow(ctx.records, users)) lines.push(line(await userLine(ctx, value, rules)));
  return lines.join('\n');
}

async function rootLine(ctx: Context): Promise<readonly string[]> {
  const { createDate } = await accountRow(ctx);
  const owner: Owner = { kind: 'root', ownerId: ctx.account, arn: `arn:aws:iam::${ctx.account}:root`, user: undefined };
  const password = ['not_supported', 'no_information', 'not_supported', 'not_supported'];
  return ['<root_account>', owner.arn, time(createDate), ...password, ...(await credentials(ctx, owner))];
}

async function userLine(ctx: Context, user: UserRow, rules: PasswordRules | undefined): Promise<readonly string[]> {
  const profile = await ctx.records.get(loginProfiles, user.userId);
  const password =
    profile === undefined
      ? ['false', 'N/A', 'N/A', 'N/A']
      : [
          'true',
          user.passwordLastUsed === undefined ? 'no_information' : time(user.passwordLastUsed),
          time(profile.changeDate),
          time(expiryOf(profile.changeDate, rules)),
        ];
  const owner: Owner = { kind: 'user', ownerId: user.userId, arn: user.arn, user };
  return [user.userName, user.arn, time(user.createDate), ...password, ...(await credentials(ctx, owner))];
}

/** From `mfa_active` to the end. */
async function credentials(ctx: Context, owner: Owner): Promise<readonly string[]> {
  const keys = [...(await keysOf(ctx, owner))].sort((a, b) => a.createDate - b.createDate);
  const certificates = [...(await certificatesOf(ctx, owner))].sort((a, b) => a.uploadDate - b.uploadDate);
  const certificate = (index: number) => {
    const row = certificates[index];
    return [String(row?.status === 'Active'), time(row?.uploadDate)];
  };
  return [
    String((await devicesOf(ctx, owner)).length > 0),
    ...(await keyColumns(ctx, keys[0])),
    ...(await keyColumns(ctx, keys[1])),
    ...certificate(0),
    ...certificate(1),
  ];
}

async function keyColumns(ctx: Context, key: AccessKeyRow | undefined): Promise<readonly string[]> {
  if (key === undefined) return ['false', 'N/A', 'N/A', 'N/A', 'N/A'];
  const use = await lastKeyUse(ctx.records, key.accessKeyId);
  return [
    String(key.status === 'Active'),
    time(key.createDate),
    time(use?.date),
    use?.region ?? 'N/A',
    use?.service ?? 'N/A',
  ];
}

function time(ms: number | undefined): string {
  return ms === undefined ? 'N/A' : `${new Date(ms).toISOString().slice(0, 19)}+00:00`;
}

/** Names may hold commas, paths quotes. */
function line(fields: readonly string[]): string {
  return fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}
