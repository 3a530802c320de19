import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { functionArn } from './engine/function-name.ts';
import { type MappingRow, mappings } from './records.ts';

export function mappingArn(region: string, account: string, uuid: string): string {
  return `arn:aws:lambda:${region}:${account}:event-source-mapping:${uuid}`;
}

/** The function that a mapping feeds. */
export function targetArn(region: string, account: string, row: MappingRow): string {
  return functionArn(account, region, row.functionName, row.qualifier);
}

/** A mapping as policies see it. */
export async function mappingResource(ctx: Context, uuid: string, account = ctx.account): Promise<ResourceRef> {
  const row = await ctx.records.at({ account }).get(mappings, uuid);
  const arn = mappingArn(ctx.region, account, uuid);
  if (row === undefined) return { arn, account };
  return { arn, account, tags: row.tags };
}
