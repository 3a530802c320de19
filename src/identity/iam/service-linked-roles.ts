import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { newEntityId } from './entity-ids.ts';
import { linkedServices, suffixedServices } from './linked-services.ts';
import { type RoleRow, roles } from './records.ts';
import { deletionTasks } from './records-roles.ts';
import { presentNewRole, roleNamed, roleResource } from './role-access.ts';
import { removeRole } from './roles.ts';

export const CreateServiceLinkedRole: Operation<'CreateServiceLinkedRole'> = {
  resource: ({ AWSServiceName: host, CustomSuffix }, ctx) => {
    const service = linkedServices.get(host);
    const name = service === undefined ? '*' : nameOf(service.role, CustomSuffix);
    return `arn:aws:iam::${ctx.account}:role${pathOf(host)}${name}`;
  },
  conditions: ({ AWSServiceName }) => ({ 'iam:AWSServiceName': AWSServiceName }),
  handle: async ({ AWSServiceName: host, CustomSuffix: suffix, Description }, ctx) => {
    const service = linkedServices.get(host);
    if (service === undefined)
      throw invalidInput(`AWS service name ${host} is not valid or does not support service-linked roles.`);
    if (suffix !== undefined && !suffixedServices.has(host))
      throw invalidInput(`Custom suffix is not allowed for ${host}`);
    const name = nameOf(service.role, suffix);
    if ((await ctx.records.get(roles, name.toLowerCase())) !== undefined) {
      throw invalidInput(`Service role name ${name} has been taken in this account, please try a different suffix.`);
    }
    const row: RoleRow = {
      roleName: name,
      roleId: newEntityId(ctx, 'AROA'),
      path: pathOf(host),
      arn: `arn:aws:iam::${ctx.account}:role${pathOf(host)}${name}`,
      createDate: ctx.now,
      description: Description ?? service.description,
      trustPolicy: trustOf(host),
      maxSessionDuration: 3_600,
      permissionsBoundary: undefined,
      tags: {},
      linkedService: host,
      inlinePolicies: {},
      attachedPolicies: [`arn:aws:iam::aws:policy/aws-service-role/${service.policy}`],
    };
    ctx.records.create(roles, name.toLowerCase(), row);
    ctx.audit([{ arn: row.arn, type: 'AWS::IAM::Role' }]);
    return { Role: await presentNewRole(ctx, row) };
  },
};

export const DeleteServiceLinkedRole: Operation<'DeleteServiceLinkedRole'> = {
  resource: ({ RoleName }, ctx) => roleResource(ctx, RoleName),
  handle: async ({ RoleName }, ctx) => {
    const row = await roleNamed(ctx, RoleName);
    if (row.linkedService === undefined) throw invalidInput(`Role ${row.roleName} is not a service-linked role.`);
    const task = `task${row.path}${row.roleName}/${ctx.uuid()}`;
    await removeRole(ctx, row);
    // No service holds on to its role here, so every deletion succeeds at once.
    ctx.records.create(deletionTasks, task, { status: 'SUCCEEDED', reason: undefined });
    return { DeletionTaskId: task };
  },
};

export const GetServiceLinkedRoleDeletionStatus: Operation<'GetServiceLinkedRoleDeletionStatus'> = {
  resource: ({ DeletionTaskId }, ctx) => roleOfTask(ctx, DeletionTaskId),
  handle: async ({ DeletionTaskId }, ctx) => {
    const task = await ctx.records.get(deletionTasks, DeletionTaskId);
    if (task === undefined)
      throw new ServiceError('NoSuchEntityException', `The deletion task ${DeletionTaskId} cannot be found.`);
    return { Status: task.status, ...(task.reason === undefined ? {} : { Reason: { Reason: task.reason } }) };
  },
};

function nameOf(role: string, suffix: string | undefined): string {
  return suffix === undefined ? `AWSServiceRoleFor${role}` : `AWSServiceRoleFor${role}_${suffix}`;
}

function pathOf(host: string): string {
  return `/aws-service-role/${host}/`;
}

function trustOf(host: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: host }, Action: 'sts:AssumeRole' }],
  });
}

/** `task/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch/UUID` names the role that was. */
function roleOfTask({ account }: Context, task: string): string {
  return `arn:aws:iam::${account}:role${task.slice(task.indexOf('/'), task.lastIndexOf('/'))}`;
}

function invalidInput(message: string): ServiceError {
  return new ServiceError('InvalidInputException', message);
}
