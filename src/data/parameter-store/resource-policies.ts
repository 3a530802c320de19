import { createHash } from 'node:crypto';
import { parsePolicy } from '#identity/iam/engine/engine.ts';
import { pinPrincipals, shownPrincipals } from '#identity/iam/pinned-principals.ts';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { parameterResource } from './access.ts';
import type { Operation } from './api.ts';
import { parseReference } from './engine/names.ts';
import { findParameter, type ParameterRow, parameters } from './records.ts';

/** Largest policy (API reference, "ResourcePolicyLimitExceededException"). */
const maxBytes = 1_024;

type StoredPolicy = NonNullable<ParameterRow['resourcePolicy']>;

export const PutResourcePolicy: Operation<'PutResourcePolicy'> = {
  resource: ({ ResourceArn }, ctx) => parameterResource(ResourceArn, ctx),
  handle: async ({ ResourceArn: arn, Policy: text, PolicyId: id, PolicyHash: hash }, ctx) => {
    const row = await ownParameter(ctx, arn);
    if (row.current.tier !== 'Advanced') {
      throw invalid('ResourceArn', 'only parameters of the advanced-parameter tier can be shared');
    }
    if ((id === undefined) !== (hash === undefined)) {
      throw invalid(id === undefined ? 'PolicyId' : 'PolicyHash', 'expected PolicyId and PolicyHash, or neither');
    }
    checkDocument(text);
    const existing = row.resourcePolicy;
    if (id !== undefined) match(existing, id, hash);
    else if (existing !== undefined) throw tooMuch(1, 'PolicyCount', 'the parameter has a resource policy already');
    const policy = { id: existing?.id ?? ctx.uuid(), text: await pinPrincipals(ctx, text), hash: digest(text) };
    ctx.records.put(parameters, row.name, { ...row, resourcePolicy: policy });
    return { PolicyId: policy.id, PolicyHash: policy.hash };
  },
};

export const GetResourcePolicies: Operation<'GetResourcePolicies'> = {
  resource: ({ ResourceArn }, ctx) => parameterResource(ResourceArn, ctx),
  handle: async ({ ResourceArn }, ctx) => {
    const { resourcePolicy: policy } = await ownParameter(ctx, ResourceArn);
    if (policy === undefined) return { Policies: [] };
    return {
      Policies: [{ PolicyId: policy.id, PolicyHash: policy.hash, Policy: await shownPrincipals(ctx, policy.text) }],
    };
  },
};

export const DeleteResourcePolicy: Operation<'DeleteResourcePolicy'> = {
  resource: ({ ResourceArn }, ctx) => parameterResource(ResourceArn, ctx),
  handle: async ({ ResourceArn, PolicyId, PolicyHash }, ctx) => {
    const row = await ownParameter(ctx, ResourceArn);
    match(row.resourcePolicy, PolicyId, PolicyHash);
    ctx.records.put(parameters, row.name, { ...row, resourcePolicy: undefined });
    return {};
  },
};

function checkDocument(text: string): void {
  if (Buffer.byteLength(text) > maxBytes) {
    throw tooMuch(maxBytes, 'PolicySize', `expected a policy of at most ${maxBytes} bytes`);
  }
  const reading = parsePolicy(text, 'resource');
  if (reading.ok) return;
  throw new ServiceError('MalformedResourcePolicyDocumentException', reading.errors[0]?.message ?? '');
}

/** Resource policies are managed by the owner alone. */
async function ownParameter(ctx: Context, arn: string): Promise<ParameterRow> {
  const reference = parseReference(arn);
  if (reference.account === undefined) throw invalid('ResourceArn', `\`${arn}\` is not the ARN of a parameter`);
  const row = reference.account === ctx.account ? await findParameter(ctx.records, reference) : undefined;
  if (row === undefined) throw new ServiceError('ResourceNotFoundException', `parameter \`${arn}\` does not exist`);
  return row;
}

/** @throws ServiceError ResourcePolicyNotFoundException, ResourcePolicyConflictException */
function match(existing: StoredPolicy | undefined, id: string, hash: string | undefined): void {
  if (existing?.id !== id) throw new ServiceError('ResourcePolicyNotFoundException', `policy \`${id}\` does not exist`);
  if (existing.hash === hash) return;
  throw new ServiceError(
    'ResourcePolicyConflictException',
    'the policy was changed meanwhile: its hash is another one',
  );
}

/** Version of a policy's text, as clients hand it back. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function tooMuch(limit: number, kind: string, message: string): ServiceError {
  const members = { Limit: limit, LimitType: kind };
  return new ServiceError('ResourcePolicyLimitExceededException', message, { members });
}

function invalid(member: string, message: string): ServiceError {
  return new ServiceError('ResourcePolicyInvalidParameterException', message, {
    members: { ParameterNames: [member] },
  });
}
