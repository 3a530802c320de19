import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { functionResource, loadFunction, type Named, named } from './access.ts';
import type { Operation } from './api.ts';
import { takeCode } from './code.ts';
import { dropCode } from './code-keeping.ts';
import { listed, shown, shownArn } from './configuration.ts';
import { functionArn, isVersion, latest, parseFunction } from './engine/function-name.ts';
import { conflict, functionNotFound, invalidMember, invalidParameter } from './errors.ts';
import { newVersion } from './new-version.ts';
import { passRole } from './pass-role.ts';
import { publish } from './publish.ts';
import {
  aliases,
  allOf,
  type FunctionRow,
  findAlias,
  findVersion,
  functions,
  invokeConfigs,
  policies,
  provisioned,
  type VersionRow,
  versions,
} from './records.ts';
import { reservations, reserve } from './reservations.ts';
import { rowPage } from './row-page.ts';
import { forget } from './running.ts';
import { settingsOf, unserved } from './settings.ts';
import { checkTags, tagKeys } from './tag-rules.ts';

const maxNameLength = 64;

export const CreateFunction: Operation<'CreateFunction'> = {
  action: ({ Tags }) =>
    Object.keys(Tags ?? {}).length > 0 ? ['lambda:CreateFunction', 'lambda:TagResource'] : 'lambda:CreateFunction',
  resource: ({ FunctionName }, ctx) => {
    const { account = ctx.account, name } = parseFunction(FunctionName);
    return { arn: functionArn(account, ctx.region, name), account };
  },
  conditions: ({ Tags, Layers }) => ({ ...tagKeys(Tags), 'lambda:Layer': Layers }),
  handle: async (input, ctx) => {
    const of = newName(input.FunctionName, ctx);
    if (input.PackageType === 'Image' || input.Code.ImageUri !== undefined) throw unserved('container images');
    if (input.CodeSigningConfigArn) throw unserved('code signing');
    if (input.TenancyConfig !== undefined) throw unserved('TenancyConfig: tenants');
    if (input.PublishTo !== undefined) throw unserved('PublishTo: $LATEST.PUBLISHED');
    const settings = await settingsOf(ctx, of.arn, input as never, undefined);
    await passRole(ctx, settings.role, of.arn);
    checkTags({}, input.Tags ?? {});
    if ((await ctx.records.get(functions, of.name)) !== undefined) {
      throw conflict(`Function already exist: ${of.name}`);
    }
    const code = await takeCode(ctx, input.Code);
    const row = newVersion(ctx, of.name, 'created', {
      code,
      settings,
      architecture: input.Architectures?.[0] ?? 'x86_64',
    });
    const made: FunctionRow = {
      name: of.name,
      latest: row,
      nextVersion: 1,
      published: undefined,
      tags: input.Tags ?? {},
      recursiveLoop: 'Terminate',
      runtimeUpdates: { on: 'Auto', arn: undefined },
    };
    ctx.records.create(functions, of.name, made);
    if (input.Publish !== true) return shown(ctx, row, of.arn);
    const version = await publish(ctx, ctx.records, made, { description: undefined, changed: true });
    return shown(ctx, version, of.arn);
  },
};

export const GetFunction: Operation<'GetFunction'> = {
  resource: functionResource,
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    const { row, version } = await versionNamed(of);
    const tags = Object.keys(row.tags).length > 0 ? { Tags: row.tags } : {};
    const reserved = (await reservations(of.records))[of.name];
    return {
      Configuration: await shown(ctx, version, shownArn(of.arn, of.qualifier)),
      Code: { RepositoryType: 'S3' },
      ...tags,
      ...(reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: reserved } }),
    };
  },
};

export const GetFunctionConfiguration: Operation<'GetFunctionConfiguration'> = {
  resource: functionResource,
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    const { version } = await versionNamed(of);
    return shown(ctx, version, shownArn(of.arn, of.qualifier));
  },
};

export const ListFunctions: Operation<'ListFunctions'> = {
  resource: () => '*',
  handle: async ({ Marker, MaxItems, FunctionVersion }, ctx) => {
    const { rows, next } = await rowPage(ctx.records, functions, { marker: Marker, limit: MaxItems });
    const Functions = [];
    for (const value of rows) {
      const arn = functionArn(ctx.account, ctx.region, value.name);
      if (FunctionVersion !== 'ALL') Functions.push(await listed(ctx, value.latest, arn));
      else
        for (const row of await allVersions(ctx, value))
          Functions.push(await listed(ctx, row, `${arn}:${row.version}`));
    }
    return { Functions, ...next };
  },
};

export const DeleteFunction: Operation<'DeleteFunction'> = {
  resource: functionResource,
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    if (of.qualifier === latest) {
      throw invalidParameter('$LATEST version cannot be deleted without deleting the function.');
    }
    if (of.qualifier !== undefined && !isVersion(of.qualifier) && !of.qualifier.startsWith('$')) {
      throw invalidParameter('Deletion of aliases is not currently supported.');
    }
    const row = await loadFunction(of);
    if (of.qualifier === undefined) await deleteWhole(ctx, of, row);
    else await deleteVersion(ctx, of, row, of.qualifier);
    return { StatusCode: 204 };
  },
};

/** What a name and a qualifier stand for. @throws ServiceError ResourceNotFoundException */
export async function versionNamed(of: Named): Promise<{ readonly row: FunctionRow; readonly version: VersionRow }> {
  const { qualifier = latest } = of;
  const missing = shownArn(of.arn, of.qualifier);
  const row = await loadFunction(of, missing);
  const number = isVersion(qualifier) ? qualifier : (await findAlias(of.records, of.name, qualifier))?.version;
  const version = number === undefined ? undefined : await findVersion(of.records, row, number);
  if (version === undefined) throw functionNotFound(missing);
  return { row, version };
}

/** `$LATEST` first, then the published ones in order. */
export async function allVersions(ctx: Context, row: FunctionRow): Promise<readonly VersionRow[]> {
  return [row.latest, ...(await allOf<VersionRow>(ctx.records, versions, row.name))];
}

/** @throws ServiceError for names that cannot be given */
function newName(text: string, ctx: Context): Named {
  const of = named({ FunctionName: text }, ctx);
  if (of.account !== ctx.account) throw new ServiceError('AccessDeniedException', '', { status: 403 });
  if (of.qualifier !== undefined) {
    throw invalidParameter('The function name cannot carry a qualifier: expected a name or the ARN of a function');
  }
  if (of.name.length > maxNameLength) {
    const { message } = invalidMember(
      of.name,
      'functionName',
      `Member must have length less than or equal to ${maxNameLength}`,
    );
    throw invalidParameter(message);
  }
  return of;
}

async function deleteWhole(ctx: Context, of: Named, row: FunctionRow): Promise<void> {
  const { records } = of;
  const rows = await allOf<VersionRow>(records, versions, of.name);
  for (const kind of [versions, aliases, policies, invokeConfigs, provisioned] as const) {
    for (const { id } of await records.list<unknown>(kind as never, { prefix: `${of.name}:` }))
      records.delete(kind as never, id);
  }
  if ((await records.get(policies, of.name)) !== undefined) records.delete(policies, of.name);
  records.delete(functions, of.name);
  await reserve(records, of.name, undefined);
  for (const { instance } of [row.latest, ...rows]) forget(ctx, instance);
  for (const blob of new Set([row.latest, ...rows].map(({ code }) => code.blob))) dropCode(ctx, of.account, blob);
}

async function deleteVersion(ctx: Context, of: Named, row: FunctionRow, version: string): Promise<void> {
  const found = await findVersion(of.records, row, version);
  // A version that is not there is deleted already.
  if (found === undefined) return;
  const pointing = (await allOf(of.records, aliases, of.name)).filter(
    (alias) => alias.version === version || version in alias.weights,
  );
  if (pointing.length > 0) {
    const names = pointing.map(({ name }) => name).join(', ');
    throw conflict(`Cannot delete version ${version}: the aliases [${names}] point to it.`);
  }
  const id = `${of.name}:${version.padStart(10, '0')}`;
  of.records.delete(versions, id);
  forget(ctx, found.instance);
  const policy = `${of.name}:${version}`;
  if ((await of.records.get(policies, policy)) !== undefined) of.records.delete(policies, policy);
  const others = [row.latest, ...(await allOf<VersionRow>(of.records, versions, of.name))];
  if (!others.some((each) => each.version !== version && each.code.blob === found.code.blob)) {
    dropCode(ctx, of.account, found.code.blob);
  }
}
