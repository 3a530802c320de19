import type { Output } from '#runtime/api-types.ts';
import type { Context } from '#runtime/context.ts';
import { functionResource, type Named, named, qualifiedArn } from './access.ts';
import type { Operation } from './api.ts';
import { isVersion, latest, parseFunction } from './engine/function-name.ts';
import { invalidParameter, notFound } from './errors.ts';
import { findAlias, findInvokeConfig, findVersion, functions, type InvokeConfigRow, invokeConfigs } from './records.ts';
import { rowPage } from './row-page.ts';

type Given = {
  readonly MaximumRetryAttempts?: number | undefined;
  readonly MaximumEventAgeInSeconds?: number | undefined;
  readonly DestinationConfig?:
    | {
        readonly OnSuccess?: { readonly Destination?: string | undefined } | undefined;
        readonly OnFailure?: { readonly Destination?: string | undefined } | undefined;
      }
    | undefined;
};

export const PutFunctionEventInvokeConfig: Operation<'PutFunctionEventInvokeConfig'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    checkGiven(input);
    await checkTarget(of);
    await checkDestinations(ctx, of, input);
    return save(ctx, of, input, undefined);
  },
};

export const UpdateFunctionEventInvokeConfig: Operation<'UpdateFunctionEventInvokeConfig'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    checkGiven(input);
    await checkTarget(of);
    await checkDestinations(ctx, of, input);
    return save(ctx, of, input, await load(of));
  },
};

export const GetFunctionEventInvokeConfig: Operation<'GetFunctionEventInvokeConfig'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    return shown(of, await load(of));
  },
};

export const ListFunctionEventInvokeConfigs: Operation<'ListFunctionEventInvokeConfigs'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    if ((await of.records.get(functions, of.name)) === undefined) throw notFound("The function doesn't exist.");
    const { Marker: marker, MaxItems: limit } = input;
    const { rows, next } = await rowPage(of.records, invokeConfigs, { prefix: `${of.name}:`, marker, limit });
    return { FunctionEventInvokeConfigs: rows.map((row) => shown(of, row)), ...next };
  },
};

export const DeleteFunctionEventInvokeConfig: Operation<'DeleteFunctionEventInvokeConfig'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    await load(of);
    of.records.delete(invokeConfigs, idOf(of));
    return {};
  },
};

function idOf({ name, qualifier = latest }: Named): string {
  return `${name}:${qualifier}`;
}

async function load(of: Named): Promise<InvokeConfigRow> {
  const row = await findInvokeConfig(of.records, of.name, of.qualifier ?? latest);
  if (row !== undefined) return row;
  throw notFound(`The function ${qualifiedArn(of, of.qualifier ?? latest)} doesn't have an EventInvokeConfig`);
}

async function save(
  ctx: Context,
  of: Named,
  given: Given,
  before: InvokeConfigRow | undefined,
): Promise<Output<'lambda', 'GetFunctionEventInvokeConfig'>> {
  const { OnSuccess: success, OnFailure: failure } = given.DestinationConfig ?? {};
  const keeps = given.DestinationConfig === undefined;
  const row: InvokeConfigRow = {
    functionName: of.name,
    qualifier: of.qualifier ?? latest,
    maximumAge: given.MaximumEventAgeInSeconds ?? before?.maximumAge,
    maximumRetries: given.MaximumRetryAttempts ?? before?.maximumRetries,
    onSuccess: keeps ? before?.onSuccess : success?.Destination || undefined,
    onFailure: keeps ? before?.onFailure : failure?.Destination || undefined,
    modified: ctx.now,
  };
  // Read before written: the commit must notice another change.
  await of.records.get(invokeConfigs, idOf(of));
  of.records.put(invokeConfigs, idOf(of), row);
  return shown(of, row);
}

function shown(of: Named, row: InvokeConfigRow): Output<'lambda', 'GetFunctionEventInvokeConfig'> {
  return {
    LastModified: new Date(row.modified),
    FunctionArn: qualifiedArn(of, row.qualifier),
    ...(row.maximumRetries === undefined ? {} : { MaximumRetryAttempts: row.maximumRetries }),
    ...(row.maximumAge === undefined ? {} : { MaximumEventAgeInSeconds: row.maximumAge }),
    DestinationConfig: {
      OnSuccess: row.onSuccess === undefined ? {} : { Destination: row.onSuccess },
      OnFailure: row.onFailure === undefined ? {} : { Destination: row.onFailure },
    },
  };
}

function checkGiven({ MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig }: Given): void {
  if (MaximumRetryAttempts !== undefined || MaximumEventAgeInSeconds !== undefined) return;
  if (DestinationConfig !== undefined) return;
  throw invalidParameter('You must specify at least one of error handling or destination setting.');
}

/** @throws ServiceError ResourceNotFoundException */
async function checkTarget({ records, name, qualifier = latest }: Named): Promise<void> {
  const row = await records.get(functions, name);
  const found = isVersion(qualifier)
    ? row && (await findVersion(records, row, qualifier))
    : row && (await findAlias(records, name, qualifier));
  if (found === undefined) throw notFound("The function doesn't exist.");
}

/** Queues, topics, functions and buses; a function not to itself. Whether the role may use them shows when it does. */
async function checkDestinations(ctx: Context, of: Named, { DestinationConfig: config }: Given): Promise<void> {
  for (const target of [config?.OnSuccess?.Destination, config?.OnFailure?.Destination]) {
    if (target === undefined || target === '') continue;
    const service = target.split(':', 3)[2] ?? '';
    if (!['sqs', 'sns', 'lambda', 'events'].includes(service)) {
      throw invalidParameter(`The provided destination config ${written(config)} is invalid.`);
    }
    if (service !== 'lambda') continue;
    const { name, account = ctx.account, region } = parseFunction(target);
    if (name === of.name && account === of.account) {
      throw invalidParameter("You can't specify the function as a destination for itself.");
    }
    const records = ctx.records.at({ account });
    if (region === ctx.region && (await records.get(functions, name)) === undefined) {
      throw invalidParameter(`The destination ARN ${target} is invalid.`);
    }
  }
}

/** As AWS writes it into the error (recordings). */
function written(config: Given['DestinationConfig']): string {
  const one = (name: string, value: { readonly Destination?: string | undefined } | undefined) =>
    value === undefined ? 'null' : `${name}(destination=${value.Destination ?? 'null'})`;
  return `DestinationConfig(onSuccess=${one('OnSuccess', config?.OnSuccess)}, onFailure=${one('OnFailure', config?.OnFailure)})`;
}
