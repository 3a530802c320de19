import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { labelsOf } from './engine/labels.ts';
import { changed } from './events.ts';
import { cancelPolicies, schedulePolicies } from './policy-jobs.ts';
import { advancedNames, type ParameterRow, parameters, type VersionRow, versionId, versions } from './records.ts';

/** Versions kept of a parameter. */
const maxVersions = 100;

/**
 * Makes a version the current one, pushes the old one into history, and drops what is beyond 100 versions.
 *
 * @param tags of a new parameter
 * @throws ServiceError ParameterMaxVersionLimitExceeded when the oldest version carries a label
 */
export async function save(
  ctx: Context,
  name: string,
  existing: ParameterRow | undefined,
  current: VersionRow,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  if (existing === undefined) {
    ctx.records.create(parameters, name, {
      name,
      current,
      oldestVersion: 1,
      labels: {},
      tags,
      resourcePolicy: undefined,
    });
  } else {
    await archive(ctx, existing);
    const oldestVersion = Math.max(existing.oldestVersion, current.version - maxVersions + 1);
    ctx.records.put(parameters, name, { ...existing, current, oldestVersion });
    cancelPolicies(ctx, name, existing.current);
  }
  if (current.tier === 'Advanced' && existing?.current.tier !== 'Advanced') {
    await ctx.records.get(advancedNames, name);
    ctx.records.put(advancedNames, name, true);
  }
  schedulePolicies(ctx, name, current);
  changed(ctx, name, current, existing === undefined ? 'Create' : 'Update');
}

async function archive(ctx: Context, { name, current, oldestVersion, labels }: ParameterRow): Promise<void> {
  if (current.version - oldestVersion + 1 >= maxVersions) {
    if (labelsOf(labels, oldestVersion).length > 0) {
      throw new ServiceError(
        'ParameterMaxVersionLimitExceeded',
        `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${oldestVersion}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
      );
    }
    const oldest = versionId(name, oldestVersion);
    if ((await ctx.records.get(versions, oldest)) !== undefined) ctx.records.delete(versions, oldest);
  }
  ctx.records.create(versions, versionId(name, current.version), current);
}
