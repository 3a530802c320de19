import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Input, Operation } from './api.ts';
import { invalidInput, lifetime, move, requestArn, requestOf, requestResource, stateOf } from './delegation-request.ts';
import { filled } from './delegation-template.ts';
import { parsePolicy } from './engine/engine.ts';
import { attachablePolicy } from './managed-policy.ts';
import { pageOfRows } from './page.ts';
import { documentOf } from './policy-versions.ts';
import { type DelegationRequestRow, delegationRequests } from './records-delegation.ts';

/** Characters of the permissions: they become a session policy (STS API reference, AssumeRole). */
const maxPolicyLength = 2_048;

export const CreateDelegationRequest: Operation<'CreateDelegationRequest'> = {
  resource: (input, ctx) => ({ arn: requestArn(ctx.account, requestId(ctx, input)), account: ctx.account }),
  conditions: ({ NotificationChannel, Permissions, SessionDuration }) => ({
    'iam:DelegationDuration': String(SessionDuration),
    'iam:NotificationChannel': NotificationChannel,
    'iam:TemplateArn': Permissions.PolicyTemplateArn,
  }),
  handle: async (input, ctx) => {
    const id = requestId(ctx, input);
    if ((await ctx.records.get(delegationRequests, id)) !== undefined) {
      throw new ServiceError(
        'EntityAlreadyExistsException',
        `Delegation request with workflow id ${input.RequestorWorkflowId} already exists.`,
      );
    }
    const row: DelegationRequestRow = {
      id,
      requestorId: ctx.account,
      ownerAccountId: input.OwnerAccountId,
      ownerId: undefined,
      approver: undefined,
      description: input.Description,
      requestMessage: input.RequestMessage,
      templateArn: input.Permissions.PolicyTemplateArn ?? '',
      parameters: input.Permissions.Parameters ?? [],
      permissionPolicy: await permissionsOf(ctx, input),
      redirectUrl: input.RedirectUrl,
      notificationChannel: input.NotificationChannel,
      sessionDuration: input.SessionDuration,
      onlySendByOwner: input.OnlySendByOwner ?? false,
      state: 'UNASSIGNED',
      expirationTime: ctx.now + lifetime('UNASSIGNED'),
      createDate: ctx.now,
      updatedTime: ctx.now,
      notes: undefined,
      rejectionReason: undefined,
      token: undefined,
    };
    ctx.records.create(delegationRequests, id, row);
    return { DelegationRequestId: id };
  },
};

export const AssociateDelegationRequest: Operation<'AssociateDelegationRequest'> = {
  resource: ({ DelegationRequestId }, ctx) => requestResource(ctx, DelegationRequestId),
  handle: async ({ DelegationRequestId }, ctx) => {
    const row = await requestOf(ctx, DelegationRequestId);
    const owner = { ownerAccountId: ctx.account, ownerId: ctx.principal.arn };
    move(ctx, row, ['UNASSIGNED'], { state: 'ASSIGNED', ...owner });
    return {};
  },
};

export const GetDelegationRequest: Operation<'GetDelegationRequest'> = {
  resource: ({ DelegationRequestId }, ctx) => requestResource(ctx, DelegationRequestId),
  handle: async ({ DelegationRequestId, DelegationPermissionCheck }, ctx) => {
    const row = await requestOf(ctx, DelegationRequestId);
    return {
      DelegationRequest: present(row, ctx.now),
      // The accepted session is limited by both policies, so nothing depends on a forecast; AWS's own is no promise either.
      ...(DelegationPermissionCheck === true
        ? { PermissionCheckStatus: 'COMPLETE' as const, PermissionCheckResult: 'UNSURE' as const }
        : {}),
    };
  },
};

export const ListDelegationRequests: Operation<'ListDelegationRequests'> = {
  resource: () => '*',
  conditions: ({ OwnerId }) => ({ 'iam:DelegationRequestOwner': OwnerId }),
  handle: async (input, ctx) => {
    const { rows, end } = await pageOfRows(
      ctx,
      delegationRequests,
      input,
      ({ ownerAccountId, ownerId }) =>
        ownerAccountId === ctx.account &&
        ownerId !== undefined &&
        (input.OwnerId === undefined || ownerId === input.OwnerId),
    );
    const { IsTruncated: isTruncated, ...marker } = end;
    return { DelegationRequests: rows.map((row) => present(row, ctx.now)), isTruncated, ...marker };
  },
};

export const UpdateDelegationRequest: Operation<'UpdateDelegationRequest'> = {
  resource: ({ DelegationRequestId }, ctx) => requestResource(ctx, DelegationRequestId),
  handle: async ({ DelegationRequestId, Notes }, ctx) => {
    const row = await requestOf(ctx, DelegationRequestId);
    move(ctx, row, ['ASSIGNED', 'PENDING_APPROVAL'], { state: 'PENDING_APPROVAL', notes: Notes ?? row.notes });
    return {};
  },
};

/** The same for the same work of the same account, so that no two requests can be made for it. */
function requestId({ account, seal }: Context, { RequestorWorkflowId }: Input<'CreateDelegationRequest'>): string {
  const mac = seal.mac(`${account}/${RequestorWorkflowId}`, 'iam/delegation-request');
  return Buffer.from(mac.subarray(0, 16)).toString('hex');
}

/** @throws ServiceError NoSuchEntity, InvalidInput */
async function permissionsOf(ctx: Context, { Permissions }: Input<'CreateDelegationRequest'>): Promise<string> {
  const { PolicyTemplateArn, Parameters = [] } = Permissions;
  if (PolicyTemplateArn === undefined) throw invalidInput('Permissions must name a policy template.');
  const template = documentOf(await attachablePolicy(ctx, PolicyTemplateArn));
  const policy = filled(template, Parameters);
  if ('wrong' in policy) throw invalidInput(`Invalid policy parameters: ${policy.wrong}.`);
  const reading = parsePolicy(policy.text, 'session');
  if (!reading.ok) throw invalidInput(reading.errors[0]?.message ?? 'Syntax errors in policy.');
  if (policy.text.length > maxPolicyLength) {
    throw invalidInput(`The permissions take ${policy.text.length} characters, expected at most ${maxPolicyLength}.`);
  }
  return policy.text;
}

function present(row: DelegationRequestRow, now: number) {
  return {
    DelegationRequestId: row.id,
    OwnerAccountId: row.ownerAccountId,
    Description: row.description,
    RequestMessage: row.requestMessage,
    Permissions: { PolicyTemplateArn: row.templateArn, Parameters: row.parameters },
    PermissionPolicy: row.permissionPolicy,
    OwnerId: row.ownerId,
    ApproverId: row.approver?.arn,
    State: stateOf(row, now),
    ExpirationTime: new Date(row.expirationTime),
    RequestorId: row.requestorId,
    CreateDate: new Date(row.createDate),
    SessionDuration: row.sessionDuration,
    RedirectUrl: row.redirectUrl,
    Notes: row.notes,
    RejectionReason: row.rejectionReason,
    OnlySendByOwner: row.onlySendByOwner,
    UpdatedTime: new Date(row.updatedTime),
  };
}
