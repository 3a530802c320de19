import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { type SettingRow, settings } from './records.ts';

/** Parameter Store's settings with their values, AWS's default first. Those of other SSM features are not found. */
const known: ReadonlyMap<string, readonly [fallback: string, ...others: string[]]> = new Map([
  ['/ssm/parameter-store/default-parameter-tier', ['Standard', 'Advanced', 'Intelligent-Tiering']],
  ['/ssm/parameter-store/high-throughput-enabled', ['false', 'true']],
]);

export const GetServiceSetting: Operation<'GetServiceSetting'> = {
  resource: ({ SettingId }, ctx) => settingArn(ctx, SettingId),
  handle: async ({ SettingId }, ctx) => {
    const { id } = find(ctx, SettingId);
    return { ServiceSetting: describe(ctx, id, await ctx.records.get(settings, id)) };
  },
};

export const UpdateServiceSetting: Operation<'UpdateServiceSetting'> = {
  resource: ({ SettingId }, ctx) => settingArn(ctx, SettingId),
  handle: async ({ SettingId, SettingValue }, ctx) => {
    const { id, values } = find(ctx, SettingId);
    if (!values.includes(SettingValue)) {
      const message = `setting \`${id}\`: expected one of ${values.join(', ')}, found \`${SettingValue}\``;
      throw new ServiceError('ValidationException', message);
    }
    await ctx.records.get(settings, id);
    ctx.records.put(settings, id, { value: SettingValue, modified: ctx.now, modifiedBy: ctx.principal.arn });
    return {};
  },
};

export const ResetServiceSetting: Operation<'ResetServiceSetting'> = {
  resource: ({ SettingId }, ctx) => settingArn(ctx, SettingId),
  handle: async ({ SettingId }, ctx) => {
    const { id } = find(ctx, SettingId);
    if ((await ctx.records.get(settings, id)) !== undefined) ctx.records.delete(settings, id);
    return { ServiceSetting: describe(ctx, id, undefined) };
  },
};

/** The value in force: the account's own, else AWS's default. */
export async function settingValue(ctx: Context, id: string): Promise<string> {
  return valueIn(id, await ctx.records.get(settings, id));
}

function valueIn(id: string, row: SettingRow | undefined): string {
  return row?.value ?? known.get(id)?.[0] ?? '';
}

function describe(ctx: Context, id: string, row: SettingRow | undefined) {
  return {
    SettingId: id,
    SettingValue: valueIn(id, row),
    LastModifiedDate: new Date(row?.modified ?? 0),
    LastModifiedUser: row?.modifiedBy ?? 'System',
    ARN: settingArn(ctx, id),
    Status: row === undefined ? 'Default' : 'Customized',
  };
}

/** A setting is named by its path or its ARN. @throws ServiceError ServiceSettingNotFound */
function find(ctx: Context, given: string): { readonly id: string; readonly values: readonly string[] } {
  const prefix = settingArn(ctx, '');
  const id = given.startsWith(prefix) ? given.slice(prefix.length) : given;
  const values = known.get(id);
  if (values !== undefined) return { id, values };
  throw new ServiceError('ServiceSettingNotFound', `Setting ${given} not found. Make sure the setting ID is correct.`);
}

function settingArn(ctx: Context, given: string): string {
  return given.startsWith('arn:') ? given : `arn:aws:ssm:${ctx.region}:${ctx.account}:servicesetting${given}`;
}
