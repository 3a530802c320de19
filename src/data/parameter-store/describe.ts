import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Input, Operation } from './api.ts';
import { type Filter, parseFilters } from './engine/filters.ts';
import { parameterArn, twinOf } from './engine/names.ts';
import { placeIn, tokenOf } from './page.ts';
import type { ParameterRow, VersionRow } from './records.ts';
import { below, named, versionPasses } from './scan.ts';

const defaultPage = 10;

export const DescribeParameters: Operation<'DescribeParameters'> = {
  resource: (_input, ctx) => `arn:aws:ssm:${ctx.region}:${ctx.account}:*`,
  handle: async (input, ctx) => {
    const { MaxResults: limit = defaultPage } = input;
    const filters = filtersOf(input);
    const found: ParameterRow[] = [];
    // Parameters that others share are listed once their share is a resource share; a resource policy alone does not list them.
    const rows = input.Shared === true ? [] : candidates(ctx, filters, placeIn(input.NextToken));
    for await (const row of rows) {
      if (!versionPasses(row, row.current, filters)) continue;
      found.push(row);
      if (found.length > limit) break;
    }
    const page = found.slice(0, limit);
    const last = page.at(-1)?.name;
    return {
      Parameters: page.map((row) => ({
        Name: row.name,
        ARN: parameterArn(ctx.account, ctx.region, row.name),
        ...metadata(row.current),
      })),
      ...(found.length > limit && last !== undefined ? { NextToken: tokenOf(last) } : {}),
    };
  },
};

/** What descriptions and history show of a version, beside its value. */
export function metadata(version: VersionRow) {
  return {
    Type: version.type,
    ...(version.keyId === undefined ? {} : { KeyId: version.keyId }),
    LastModifiedDate: new Date(version.modified),
    LastModifiedUser: version.modifiedBy,
    ...(version.description === undefined ? {} : { Description: version.description }),
    ...(version.allowedPattern === undefined ? {} : { AllowedPattern: version.allowedPattern }),
    Version: version.version,
    Tier: version.tier,
    Policies: version.policies.map(({ text, type, status }) => ({
      PolicyText: text,
      PolicyType: type,
      PolicyStatus: status,
    })),
    DataType: version.dataType,
  };
}

/** The rows that can pass: those of given names, those below one path, or all. */
function candidates(ctx: Context, filters: readonly Filter[], after: string | undefined): AsyncGenerator<ParameterRow> {
  const name = filters.find(({ key, option }) => key === 'Name' && option === 'Equals');
  if (name !== undefined)
    return named(
      ctx,
      name.values.flatMap((value) => [value, twinOf(value) ?? value]),
      after,
    );
  const paths = filters.find(({ key }) => key === 'Path')?.values ?? [];
  return below(ctx, paths.length === 1 ? (paths[0] ?? '/') : '/', after);
}

/** `Filters` is the older form: names begin with a value, types and key ids equal one. */
function filtersOf(input: Input<'DescribeParameters'>): readonly Filter[] {
  const { Filters: older = [], ParameterFilters: given = [] } = input;
  if (older.length > 0 && given.length > 0) {
    throw new ServiceError(
      'ValidationException',
      'You can use either Filters or ParameterFilters in a single request.',
    );
  }
  const translated = older.map(({ Key, Values }) => ({
    Key,
    Option: Key === 'Name' ? 'BeginsWith' : 'Equals',
    Values,
  }));
  const parsed = parseFilters(older.length > 0 ? translated : given, 'describe');
  if ('refusal' in parsed) throw new ServiceError(parsed.refusal.code, parsed.refusal.message);
  return parsed.filters;
}
