import type { Context } from '#runtime/context.ts';
import { type Filter, passes } from './engine/filters.ts';
import { labelsOf } from './engine/labels.ts';
import { type ParameterRow, parameters, type VersionRow } from './records.ts';

/** Rows looked at per store read while a filter sifts them. */
const batch = 200;

/** Parameters below a path in order of their names, from after `after`. The root shows bare names too. */
export async function* below(ctx: Context, path: string, after: string | undefined): AsyncGenerator<ParameterRow> {
  const prefix = path === '/' ? '' : path.endsWith('/') ? path : `${path}/`;
  let last = after;
  for (;;) {
    const from = last === undefined ? {} : { after: last };
    const rows = await ctx.records.list(parameters, { prefix, limit: batch, ...from });
    for (const { value } of rows) yield value;
    if (rows.length < batch) return;
    last = rows.at(-1)?.id;
  }
}

/** Parameters by name, in order, from after `after`. */
export async function* named(
  ctx: Context,
  names: readonly string[],
  after: string | undefined,
): AsyncGenerator<ParameterRow> {
  for (const name of [...new Set(names)].sort()) {
    if (after !== undefined && name <= after) continue;
    const row = await ctx.records.get(parameters, name);
    if (row !== undefined) yield row;
  }
}

/** True when a version of a parameter passes every filter. */
export function versionPasses(row: ParameterRow, version: VersionRow, filters: readonly Filter[]): boolean {
  const { type, keyId, tier, dataType } = version;
  const labels = labelsOf(row.labels, version.version);
  return passes({ name: row.name, type, keyId, tier, dataType, tags: row.tags, labels }, filters);
}
