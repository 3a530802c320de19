import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { pageOf } from '#runtime/page.ts';
import type { Listed } from '#runtime/records.ts';
import { ServiceError } from '#wire/service-error.ts';
import { groupResource, ownGroup } from './access.ts';
import type { Input, Operation, Output } from './api.ts';
import { groupArn } from './engine/names.ts';
import { numberOf } from './engine/pattern/comparison.ts';
import { compilePattern, type Pattern } from './engine/pattern/pattern.ts';
import { invalid, invalidToken, limitExceeded, notFound } from './errors.ts';
import { filterKey, groups, type MetricFilterRow, metricFilters } from './records.ts';

/** Of one log group (API reference, "PutMetricFilter"). */
const maxFilters = 100;
const maxDimensions = 3;
const defaultPage = 50;
const scanned = 500;

export const PutMetricFilter: Operation<'PutMetricFilter'> = {
  resource: ({ logGroupName }, ctx) => groupResource({ logGroupName }, ctx),
  handle: async (input, ctx) => {
    const group = await ownGroup(ctx, input.logGroupName);
    if (group.logClass !== 'STANDARD') {
      throw new ServiceError(
        'InvalidOperationException',
        `Metric filters are not supported for log groups of the ${group.logClass} class.`,
      );
    }
    const pattern = metricPattern(input.filterPattern);
    const transformation = transformationOf(input, pattern);
    const key = filterKey(group.name, input.filterName);
    const existing = await ctx.records.get(metricFilters, key);
    if (existing === undefined) {
      if (group.metricFilters >= maxFilters) throw limitExceeded();
      ctx.records.put(groups, group.name, { ...group, metricFilters: group.metricFilters + 1 });
    }
    ctx.records.put(metricFilters, key, {
      name: input.filterName,
      groupName: group.name,
      pattern: input.filterPattern,
      created: existing?.created ?? ctx.now,
      transformation,
    });
    return {};
  },
};

export const DeleteMetricFilter: Operation<'DeleteMetricFilter'> = {
  resource: ({ logGroupName }, ctx) => groupResource({ logGroupName }, ctx),
  handle: async ({ logGroupName, filterName }, ctx) => {
    const group = await ownGroup(ctx, logGroupName);
    const key = filterKey(group.name, filterName);
    if ((await ctx.records.get(metricFilters, key)) === undefined) throw notFound('metric filter');
    ctx.records.delete(metricFilters, key);
    ctx.records.put(groups, group.name, { ...group, metricFilters: group.metricFilters - 1 });
    return {};
  },
};

export const DescribeMetricFilters: Operation<'DescribeMetricFilters'> = {
  resource: ({ logGroupName }, ctx) => listedResource(logGroupName, ctx),
  handle: async (input, ctx) => {
    const { logGroupName, filterNamePrefix = '', metricName, metricNamespace } = input;
    if (logGroupName !== undefined) await ownGroup(ctx, logGroupName);
    if ((metricName === undefined) !== (metricNamespace === undefined))
      throw invalid('Specify both metricName and metricNamespace, or neither.');
    const wanted = ({ name, transformation }: MetricFilterRow) =>
      name.startsWith(filterNamePrefix) &&
      (metricName === undefined ||
        (transformation.metricName === metricName && transformation.metricNamespace === metricNamespace));
    const prefix = logGroupName === undefined ? '' : filterKey(logGroupName, filterNamePrefix);
    const page = await pageOf<Listed<MetricFilterRow>>(
      input.nextToken,
      input.limit ?? defaultPage,
      ({ id }) => id,
      invalidToken,
      async (after, count) => {
        const found: Listed<MetricFilterRow>[] = [];
        for (let last = after; ; ) {
          const options = { prefix, limit: scanned, ...(last === undefined ? {} : { after: last }) };
          const listed = await ctx.records.list(metricFilters, options);
          found.push(...listed.filter(({ value }) => wanted(value)).slice(0, count - found.length));
          last = listed.at(-1)?.id;
          if (found.length >= count || listed.length < scanned) return found;
        }
      },
    );
    return { metricFilters: page.entries.map(({ value }) => described(value)), nextToken: page.nextToken };
  },
};

export const TestMetricFilter: Operation<'TestMetricFilter'> = {
  resource: () => '*',
  handle: ({ filterPattern, logEventMessages }) => {
    const pattern = metricPattern(filterPattern);
    return {
      matches: logEventMessages.flatMap((message, at) =>
        pattern.matches(message)
          ? [{ eventNumber: at + 1, eventMessage: message, extractedValues: pattern.extract(message) }]
          : [],
      ),
    };
  },
};

/** What a list is authorised on: the group it asks for, or all. */
export async function listedResource(logGroupName: string | undefined, ctx: Context): Promise<ResourceRef> {
  if (logGroupName !== undefined) return groupResource({ logGroupName }, ctx);
  return { arn: groupArn(ctx.account, ctx.region, '*') };
}

/** @throws ServiceError InvalidParameterException */
export function metricPattern(text: string): Pattern {
  const compiled = compilePattern(text);
  if ('refused' in compiled) throw invalid(`Invalid metricFilter pattern: ${compiled.refused}`);
  return compiled.pattern;
}

/** @throws ServiceError InvalidParameterException */
function transformationOf(input: Input<'PutMetricFilter'>, pattern: Pattern): MetricFilterRow['transformation'] {
  if (
    input.applyOnTransformedLogs === true ||
    input.fieldSelectionCriteria !== undefined ||
    input.emitSystemFieldDimensions !== undefined
  )
    throw invalid('Log transformation and system fields are not supported.');
  const [given] = input.metricTransformations;
  if (given === undefined) throw invalid('metricTransformations is required.');
  const { metricName, metricNamespace, metricValue, defaultValue, dimensions, unit } = given;
  if (/^AWS\//i.test(metricNamespace))
    throw invalid(
      `The value ${metricNamespace} for parameter metricNamespace is invalid: namespaces of AWS are reserved.`,
    );
  if (metricValue.startsWith('$') ? !pattern.names(metricValue) : numberOf(metricValue) === undefined)
    throw invalid('Invalid metric transformation: Invalid metric value');
  const names = Object.entries(dimensions ?? {});
  if (names.length > 0) {
    if (pattern.kind !== 'json' && pattern.kind !== 'delimited')
      throw invalid('The specified filter pattern does not support dimensions');
    if (defaultValue !== undefined)
      throw invalid('Invalid metric transformation: dimensions and default value are mutually exclusive properties.');
    if (names.length > maxDimensions)
      throw invalid(`Invalid metric transformation: at most ${maxDimensions} dimensions are allowed`);
    for (const [, field] of names) {
      if (!pattern.names(field)) throw invalid(`Invalid metric transformation: Invalid dimension value '${field}'`);
    }
  }
  return { metricName, metricNamespace, metricValue, defaultValue, dimensions, unit };
}

type Described = NonNullable<Output<'DescribeMetricFilters'>['metricFilters']>[number];

function described({ name, pattern, created, groupName, transformation }: MetricFilterRow): Described {
  return {
    filterName: name,
    filterPattern: pattern,
    metricTransformations: [transformation as NonNullable<Described['metricTransformations']>[number]],
    creationTime: created,
    logGroupName: groupName,
    applyOnTransformedLogs: false,
  };
}
