import type { Output } from '#runtime/api-types.ts';
import { functionResource, loadFunction, type Named, named } from './access.ts';
import type { Operation } from './api.ts';
import { latest } from './engine/function-name.ts';
import { conflict, functionNotFound, invalidParameter, limitExceeded, notFound, wrongRevision } from './errors.ts';
import { type AliasRow, aliases, findAlias, findVersion, policies, provisioned } from './records.ts';
import { rowPage } from './row-page.ts';

type Weights = Readonly<Record<string, number>>;

export const CreateAlias: Operation<'CreateAlias'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    const weights = input.RoutingConfig?.AdditionalVersionWeights ?? {};
    await checkTargets(of, input.FunctionVersion, weights);
    if ((await findAlias(of.records, of.name, input.Name)) !== undefined) {
      throw conflict(`Alias already exists: ${of.arn}:${input.Name}`);
    }
    const row: AliasRow = {
      functionName: of.name,
      name: input.Name,
      version: input.FunctionVersion,
      description: input.Description ?? '',
      weights,
      revisionId: ctx.uuid(),
    };
    of.records.create(aliases, `${of.name}:${input.Name}`, row);
    return shownAlias(of, row);
  },
};

export const GetAlias: Operation<'GetAlias'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    const row = await findAlias(of.records, of.name, input.Name);
    if (row === undefined) throw notFound(`Cannot find alias arn: ${of.arn}:${input.Name}`);
    return shownAlias(of, row);
  },
};

export const ListAliases: Operation<'ListAliases'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    await loadFunction(of);
    const { Marker: marker, MaxItems: limit, FunctionVersion: only } = input;
    const { rows, next } = await rowPage(of.records, aliases, { prefix: `${of.name}:`, marker, limit });
    const shown = rows.filter(({ version }) => only === undefined || version === only);
    return { Aliases: shown.map((row) => shownAlias(of, row)), ...next };
  },
};

export const UpdateAlias: Operation<'UpdateAlias'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    const row = await findAlias(of.records, of.name, input.Name);
    if (row === undefined) throw notFound(`Alias not found: ${of.arn}:${input.Name}`);
    if (input.RevisionId !== undefined && input.RevisionId !== row.revisionId) {
      throw wrongRevision('GetFunction/GetAlias');
    }
    const weights =
      input.RoutingConfig === undefined ? row.weights : (input.RoutingConfig.AdditionalVersionWeights ?? {});
    const version = input.FunctionVersion ?? row.version;
    await checkTargets(of, version, weights);
    const updated: AliasRow = {
      ...row,
      version,
      weights,
      description: input.Description ?? row.description,
      revisionId: ctx.uuid(),
    };
    of.records.put(aliases, `${of.name}:${input.Name}`, updated);
    return shownAlias(of, updated);
  },
};

export const DeleteAlias: Operation<'DeleteAlias'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    const id = `${of.name}:${input.Name}`;
    // What is not there is deleted already (recordings).
    for (const kind of [aliases, policies, provisioned] as const) {
      if ((await of.records.get<unknown>(kind as never, id)) !== undefined) of.records.delete(kind as never, id);
    }
    return {};
  },
};

function shownAlias(of: Named, row: AliasRow): Output<'lambda', 'GetAlias'> {
  return {
    AliasArn: `${of.arn}:${row.name}`,
    Name: row.name,
    FunctionVersion: row.version,
    Description: row.description,
    RevisionId: row.revisionId,
    ...(Object.keys(row.weights).length === 0 ? {} : { RoutingConfig: { AdditionalVersionWeights: row.weights } }),
  };
}

/** Two published versions at most, each there. @throws ServiceError */
async function checkTargets(of: Named, version: string, weights: Weights): Promise<void> {
  const others = Object.keys(weights);
  if (others.length > 1) throw invalidParameter('Number of items in AdditionalVersionWeights cannot be greater than 1');
  if (others.length > 0 && version === latest) {
    throw limitExceeded('$LATEST is not supported for an alias pointing to more than 1 version');
  }
  if (others.includes(version)) {
    throw invalidParameter(
      `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
    );
  }
  const row = await loadFunction(of, `${of.arn}:${version}`);
  for (const each of [version, ...others]) {
    if ((await findVersion(of.records, row, each)) === undefined) throw functionNotFound(`${of.arn}:${each}`);
  }
}
