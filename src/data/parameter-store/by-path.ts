import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { refusePath } from './engine/filter-rules.ts';
import { isBelow, parseFilters } from './engine/filters.ts';
import { versionOf } from './engine/labels.ts';
import { parameterArn } from './engine/names.ts';
import { refuse } from './engine/refusal.ts';
import { placeIn, tokenOf } from './page.ts';
import { present } from './read.ts';
import { findVersion, type ParameterRow, type VersionRow } from './records.ts';
import { below, versionPasses } from './scan.ts';

const defaultPage = 10;

export const GetParametersByPath: Operation<'GetParametersByPath'> = {
  // As in AWS: who may read a path may read everything below it.
  resource: ({ Path }, ctx) => {
    const path = Path.trim();
    return parameterArn(ctx.account, ctx.region, path.length > 1 ? path.replace(/\/$/, '') : path);
  },
  conditions: ({ Recursive }) => ({ 'ssm:Recursive': Recursive === true ? 'true' : 'false' }),
  handle: async (input, ctx) => {
    const { Recursive: recursive = false, MaxResults: limit = defaultPage } = input;
    const path = input.Path.trim();
    refuse(refusePath(path));
    const parsed = parseFilters(input.ParameterFilters ?? [], 'by-path');
    if ('refusal' in parsed) throw new ServiceError(parsed.refusal.code, parsed.refusal.message);
    const labels = parsed.filters.find(({ key }) => key === 'Label')?.values;
    const found: { readonly row: ParameterRow; readonly version: VersionRow }[] = [];
    for await (const row of below(ctx, path, placeIn(input.NextToken))) {
      if (!isBelow(row.name, path, recursive)) continue;
      const version = await labelled(ctx, row, labels);
      if (version === undefined || !versionPasses(row, version, parsed.filters)) continue;
      found.push({ row, version });
      if (found.length > limit) break;
    }
    const page = found.slice(0, limit);
    const last = page.at(-1)?.row.name;
    return {
      Parameters: await Promise.all(
        page.map(({ row, version }) => {
          const arn = parameterArn(ctx.account, ctx.region, row.name);
          return present(ctx, { row, version, arn, selector: undefined }, input.WithDecryption);
        }),
      ),
      ...(found.length > limit && last !== undefined ? { NextToken: tokenOf(last) } : {}),
    };
  },
};

/** The current version, or the newest one that carries one of the labels. */
async function labelled(
  ctx: Context,
  row: ParameterRow,
  labels: readonly string[] | undefined,
): Promise<VersionRow | undefined> {
  if (labels === undefined) return row.current;
  const version = Math.max(0, ...labels.map((label) => versionOf(row.labels, label) ?? 0));
  return version === 0 ? undefined : findVersion(ctx.records, row, version);
}
