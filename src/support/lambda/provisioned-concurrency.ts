import type { Output } from '#runtime/api-types.ts';
import { jobId } from '#runtime/run-job.ts';
import type { SlowJob } from '#runtime/service.ts';
import { ServiceError } from '#wire/service-error.ts';
import { functionResource, loadFunction, type Named, named, qualifiedArn } from './access.ts';
import type { Operation } from './api.ts';
import { lambdaTime } from './configuration.ts';
import { isVersion, latest } from './engine/function-name.ts';
import { conflict, functionNotFound, invalidParameter, limitExceeded, notFound } from './errors.ts';
import { planEnvironment } from './plan.ts';
import {
  allOf,
  findAlias,
  findVersion,
  functions,
  type ProvisionedRow,
  provisioned,
  type VersionRow,
} from './records.ts';
import { reservations } from './reservations.ts';
import { rowPage } from './row-page.ts';
import { forget, running } from './running.ts';
import { accountConcurrency, leastUnreserved } from './sandbox/concurrency.ts';

export const PutProvisionedConcurrencyConfig: Operation<'PutProvisionedConcurrencyConfig'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    if (of.qualifier === latest) {
      throw invalidParameter('Provisioned Concurrency Configs cannot be applied to unpublished function versions.');
    }
    const version = await versionOf(of);
    const rows = await allOf<ProvisionedRow>(of.records, provisioned, of.name);
    await checkPointers(of, version, rows);
    const { ProvisionedConcurrentExecutions: requested } = input;
    await checkRoom(of, requested, rows);
    const id = idOf(of);
    await of.records.get(provisioned, id);
    const row: ProvisionedRow = {
      functionName: of.name,
      qualifier: of.qualifier ?? '',
      requested,
      status: 'IN_PROGRESS',
      reason: undefined,
      modified: ctx.now,
    };
    of.records.put(provisioned, id, row);
    ctx.schedule({ kind: 'lambda/provision', id: jobId(of.account, of.region, id), runAt: ctx.now, payload: {} });
    return shown(row, 0);
  },
};

export const GetProvisionedConcurrencyConfig: Operation<'GetProvisionedConcurrencyConfig'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    refuseLatest(of);
    const version = await versionOf(of);
    const row = await of.records.get(provisioned, idOf(of));
    if (row === undefined) throw noConfig();
    return shown(row, running(ctx).pool.idleOf(version.instance));
  },
};

export const ListProvisionedConcurrencyConfigs: Operation<'ListProvisionedConcurrencyConfigs'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    await loadFunction(of);
    const { Marker: marker, MaxItems: limit } = input;
    const { rows, next } = await rowPage(of.records, provisioned, { prefix: `${of.name}:`, marker, limit });
    const ProvisionedConcurrencyConfigs = rows.map((row) => ({
      FunctionArn: qualifiedArn(of, row.qualifier),
      ...shown(row, row.requested),
    }));
    return { ProvisionedConcurrencyConfigs, ...next };
  },
};

export const DeleteProvisionedConcurrencyConfig: Operation<'DeleteProvisionedConcurrencyConfig'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    refuseLatest(of);
    const version = await versionOf(of);
    if ((await of.records.get(provisioned, idOf(of))) === undefined) return {};
    of.records.delete(provisioned, idOf(of));
    forget(ctx, version.instance);
    return {};
  },
};

/** Starts the environments, and writes down what became of it. */
export const runProvision: SlowJob = {
  slow: async (id, _payload, ctx) => {
    const here = running(ctx);
    const [name = '', qualifier = ''] = id.split(':');
    const of = named({ FunctionName: name, Qualifier: qualifier }, ctx);
    const found = await here.runtime.run(ctx, 'LoadProvisioned', async (own) => {
      const row = await own.records.get(provisioned, id);
      const whole = await own.records.get(functions, name);
      if (row === undefined || whole === undefined) return undefined;
      return { row, version: await versionOf({ ...of, records: own.records }) };
    });
    if (found === undefined) return;
    const { row, version } = found;
    here.pool.forget(version.instance);
    const place = { account: ctx.account, region: ctx.region };
    const ready = await here.pool.provision(version.instance, row.requested, () =>
      planEnvironment(here, place, version, 'provisioned-concurrency'),
    );
    const now = await ctx.records.get(provisioned, id);
    if (now === undefined || now.modified !== row.modified) return;
    const failed = ready < row.requested;
    ctx.records.put(provisioned, id, {
      ...now,
      status: failed ? 'FAILED' : 'READY',
      reason: failed ? 'FUNCTION_ERROR_INIT_FAILURE' : undefined,
    });
    if (failed) here.pool.forget(version.instance);
  },
};

function idOf({ name, qualifier = '' }: Named): string {
  return `${name}:${qualifier}`;
}

function refuseLatest({ qualifier }: Named): void {
  if (qualifier !== latest) return;
  throw invalidParameter('The function resource provided must be an alias or a published version.');
}

function noConfig(): ServiceError {
  return new ServiceError(
    'ProvisionedConcurrencyConfigNotFoundException',
    'No Provisioned Concurrency Config found for this function',
    { members: { Type: 'User' } },
  );
}

/** @throws ServiceError ResourceNotFoundException */
async function versionOf(of: Named): Promise<VersionRow> {
  const { records, name, qualifier = '' } = of;
  const arn = qualifiedArn(of, qualifier);
  const row = await records.get(functions, name);
  const alias = isVersion(qualifier) ? undefined : row && (await findAlias(records, name, qualifier));
  if (!isVersion(qualifier) && alias === undefined) throw notFound(`Cannot find alias arn: ${arn}`);
  const version = row && (await findVersion(records, row, alias?.version ?? qualifier));
  if (version === undefined) throw functionNotFound(arn);
  return version;
}

/** A version is warmed by its number or by one alias. @throws ServiceError ResourceConflictException */
async function checkPointers(of: Named, { version }: VersionRow, rows: readonly ProvisionedRow[]): Promise<void> {
  for (const { qualifier } of rows) {
    if (qualifier === of.qualifier) continue;
    if (qualifier === version) {
      throw conflict("Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version");
    }
    const alias = await findAlias(of.records, of.name, qualifier);
    if (alias?.version === version) throw conflict('Version is pointed by a Provisioned Concurrency alias');
  }
}

async function checkRoom(of: Named, requested: number, rows: readonly ProvisionedRow[]): Promise<void> {
  const reserved = await reservations(of.records);
  const mine = reserved[of.name];
  const others = rows.filter(({ qualifier }) => qualifier !== of.qualifier);
  const warm = others.reduce((sum, row) => sum + row.requested, requested);
  if (mine !== undefined) {
    if (warm <= mine) return;
    throw invalidParameter(
      'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    );
  }
  const free = accountConcurrency - Object.values(reserved).reduce((sum, each) => sum + each, 0);
  if (requested > free) {
    throw limitExceeded(
      `Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${free}].`,
    );
  }
  if (free - requested < leastUnreserved) {
    throw limitExceeded(
      `Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${leastUnreserved}].`,
    );
  }
}

function shown(row: ProvisionedRow, available: number): Output<'lambda', 'GetProvisionedConcurrencyConfig'> {
  const allocated = row.status === 'READY' ? row.requested : 0;
  return {
    RequestedProvisionedConcurrentExecutions: row.requested,
    AvailableProvisionedConcurrentExecutions: Math.min(available, allocated),
    AllocatedProvisionedConcurrentExecutions: allocated,
    Status: row.status,
    LastModified: lambdaTime(row.modified),
    ...(row.reason === undefined ? {} : { StatusReason: row.reason }),
  };
}
