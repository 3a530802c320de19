import { collection } from '#runtime/collection.ts';
import type { Context } from '#runtime/context.ts';
import { accessHistory, type LastAccess } from './access-history.ts';

/** A user or role as a report knows it, whatever becomes of it later. */
export type ReportedEntity = {
  readonly type: 'USER' | 'ROLE';
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly path: string;
};

export type ReportedService = {
  readonly namespace: string;
  /** Undefined when nobody used the service in the tracking period. */
  readonly last: LastAccess | undefined;
  readonly entities: number;
  /** By name; empty unless actions were asked for. */
  readonly actions: readonly (readonly [name: string, last: LastAccess])[];
};

export type AccessReport = {
  readonly jobId: string;
  readonly granularity: 'SERVICE_LEVEL' | 'ACTION_LEVEL';
  readonly created: number;
  /** Services that the policies reach, by namespace. */
  readonly services: readonly ReportedService[];
  /** Who could have used them. */
  readonly entities: readonly ReportedEntity[];
};

/** When each entity last used one service, in ms since the epoch, by ARN. */
export type EntityAccess = { readonly times: Readonly<Record<string, number>> };

/** Id: job id. */
export const reports = collection<AccessReport>('iam/service-report', 'global', {
  // Fixed width, so that keys sort as numbers do.
  'by-created': ({ created }) => [String(created).padStart(15, '0')],
});
/** Id: job id and namespace. Apart from the report, which is read more often and should stay small. */
export const entityAccesses = collection<EntityAccess>('iam/service-report-entities', 'global');

/** How long a report is kept, in ms. It is fetched when it is made, and a new one is as easily made. */
const keptMs = 86_400_000;
/** Old reports that one call clears away: more than it adds, so that they do not pile up. */
const clearedAtOnce = 5;

/** Works a report out from the audit record, and saves it. @param namespaces services that the policies reach, sorted */
export async function makeReport(
  ctx: Context,
  {
    granularity,
    namespaces,
    entities,
  }: {
    readonly granularity: AccessReport['granularity'];
    readonly namespaces: readonly string[];
    readonly entities: readonly ReportedEntity[];
  },
): Promise<string> {
  await clearOldReports(ctx);
  const jobId = ctx.uuid();
  const history = await accessHistory(ctx, new Set(entities.map(({ arn }) => arn)), ctx.now);
  const services = namespaces.map((namespace): ReportedService => {
    const access = history.get(namespace);
    if (access === undefined) return { namespace, last: undefined, entities: 0, actions: [] };
    const { last, byEntity, byAction } = access;
    ctx.records.create(entityAccesses, `${jobId}/${namespace}`, {
      times: Object.fromEntries([...byEntity].map(([arn, { time }]) => [arn, time])),
    });
    const actions = granularity === 'ACTION_LEVEL' ? [...byAction].sort(([a], [b]) => (a < b ? -1 : 1)) : [];
    return { namespace, last, entities: byEntity.size, actions };
  });
  ctx.records.create(reports, jobId, { jobId, granularity, created: ctx.now, services, entities });
  return jobId;
}

async function clearOldReports(ctx: Context): Promise<void> {
  const oldest = await ctx.records.listIndex(reports, 'by-created', { limit: clearedAtOnce });
  for (const { id, value } of oldest) {
    if (value.created > ctx.now - keptMs) break;
    ctx.records.delete(reports, id);
    for (const { namespace, last } of value.services) {
      if (last === undefined) continue;
      const key = `${id}/${namespace}`;
      if ((await ctx.records.get(entityAccesses, key)) !== undefined) ctx.records.delete(entityAccesses, key);
    }
  }
}
