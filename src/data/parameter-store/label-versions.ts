import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { parameterResource, plainName } from './access.ts';
import type { Operation } from './api.ts';
import { attach, detach, isLabel, type Labels, maxLabelsPerVersion } from './engine/labels.ts';
import { changed } from './events.ts';
import { select, versionNotFound } from './read.ts';
import { findVersion, type ParameterRow, parameters } from './records.ts';

export const LabelParameterVersion: Operation<'LabelParameterVersion'> = {
  resource: ({ Name }, ctx) => parameterResource(Name, ctx),
  handle: async ({ Name, ParameterVersion, Labels }, ctx) => {
    const { row, version } = await versionToLabel(ctx, Name, ParameterVersion);
    const valid = Labels.filter(isLabel);
    const labels = attach(row.labels, version, valid);
    if (labels === undefined) {
      throw new ServiceError(
        'ParameterVersionLabelLimitExceeded',
        `A parameter version can have maximum ${maxLabelsPerVersion} labels. Move one or more labels to another version and try again.`,
      );
    }
    if (valid.length > 0) save(ctx, row, labels);
    return { InvalidLabels: Labels.filter((label) => !isLabel(label)), ParameterVersion: version };
  },
};

export const UnlabelParameterVersion: Operation<'UnlabelParameterVersion'> = {
  resource: ({ Name }, ctx) => parameterResource(Name, ctx),
  handle: async ({ Name, ParameterVersion, Labels }, ctx) => {
    const { row, version } = await versionToLabel(ctx, Name, ParameterVersion);
    const { labels, removed, invalid } = detach(row.labels, version, Labels);
    if (removed.length > 0) save(ctx, row, labels);
    return { RemovedLabels: [...removed], InvalidLabels: [...invalid] };
  },
};

/** The version named, else the current one. @throws ServiceError ParameterNotFound, ParameterVersionNotFound */
async function versionToLabel(
  ctx: Context,
  text: string,
  given: number | undefined,
): Promise<{ readonly row: ParameterRow; readonly version: number }> {
  const name = plainName(text);
  const { row } = await select(ctx, { account: undefined, region: undefined, name, selector: undefined });
  const version = given ?? row.current.version;
  if ((await findVersion(ctx.records, row, version)) === undefined) throw versionNotFound(row.name, String(version));
  return { row, version };
}

function save(ctx: Context, row: ParameterRow, labels: Labels): void {
  ctx.records.put(parameters, row.name, { ...row, labels });
  changed(ctx, row.name, row.current, 'LabelParameterVersion');
}
