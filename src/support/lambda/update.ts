import { functionResource, loadFunction, type Named, named } from './access.ts';
import type { Operation } from './api.ts';
import { takeCode } from './code.ts';
import { dropCode } from './code-keeping.ts';
import { revisionOf, shown } from './configuration.ts';
import { isVersion, latest } from './engine/function-name.ts';
import { functionNotFound, invalidParameter, wrongRevision } from './errors.ts';
import { newVersion } from './new-version.ts';
import { passRole } from './pass-role.ts';
import { publish } from './publish.ts';
import { allOf, type FunctionRow, functions, type VersionRow, versions } from './records.ts';
import { forget } from './running.ts';
import { settingsOf, unserved } from './settings.ts';

export const UpdateFunctionCode: Operation<'UpdateFunctionCode'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = unqualified(named(input, ctx));
    const row = await loadFunction(of);
    if (input.ImageUri !== undefined) {
      throw invalidParameter("Please don't provide ImageUri when updating a function with packageType Zip.");
    }
    if (input.PublishTo !== undefined) throw unserved('PublishTo: $LATEST.PUBLISHED');
    if (input.RevisionId !== undefined && input.RevisionId !== revisionOf(row.latest, ctx.now)) {
      throw wrongRevision('GetFunction/GetAlias');
    }
    const code = await takeCode(ctx, input, input.DryRun === true);
    const changed = newVersion(ctx, of.name, 'updated', {
      code,
      settings: row.latest.settings,
      architecture: input.Architectures?.[0] ?? row.latest.architecture,
    });
    if (input.DryRun === true) return shown(ctx, { ...changed, revisionId: row.latest.revisionId }, of.arn);
    const updated: FunctionRow = { ...row, latest: changed };
    of.records.put(functions, of.name, updated);
    forget(ctx, row.latest.instance);
    const kept = await allOf<VersionRow>(of.records, versions, of.name);
    if (!kept.some((each) => each.code.blob === row.latest.code.blob)) dropCode(ctx, of.account, row.latest.code.blob);
    if (input.Publish !== true) return shown(ctx, changed, of.arn);
    const version = await publish(ctx, of.records, updated, { description: undefined, changed: true });
    return shown(ctx, version, `${of.arn}:${version.version}`);
  },
};

export const UpdateFunctionConfiguration: Operation<'UpdateFunctionConfiguration'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  conditions: ({ Layers }) => ({ 'lambda:Layer': Layers }),
  handle: async (input, ctx) => {
    const of = unqualified(named(input, ctx));
    const row = await loadFunction(of);
    if (input.RevisionId !== undefined && input.RevisionId !== revisionOf(row.latest, ctx.now)) {
      throw wrongRevision('GetFunction/GetAlias');
    }
    const { settings: before } = row.latest;
    const settings = await settingsOf(ctx, of.arn, input, before);
    if (settings.role !== before.role) await passRole(ctx, settings.role, of.arn);
    const changed = newVersion(ctx, of.name, 'updated', { ...row.latest, settings });
    of.records.put(functions, of.name, { ...row, latest: changed });
    forget(ctx, row.latest.instance);
    return shown(ctx, changed, of.arn);
  },
};

/** Versions never change: what is changed is the function. @throws ServiceError */
function unqualified(of: Named): Named {
  const { qualifier } = of;
  if (qualifier === undefined || qualifier === latest) return of;
  if (isVersion(qualifier)) throw functionNotFound(`${of.arn}:${qualifier}`);
  throw invalidParameter(
    'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
  );
}
