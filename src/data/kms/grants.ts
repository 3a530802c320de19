import type { Context } from '#runtime/context.ts';
import type { Conditions } from '#runtime/operation.ts';
import type { ServiceError } from '#wire/service-error.ts';
import { type Key, keyResource, locate, notFound, openKey } from './access.ts';
import { endDryRun, failure, type Input, invalid, type Operation, refuse } from './api.ts';
import { contextConditions } from './context-conditions.ts';
import { checkGrant, childIsBounded, type GrantConstraints } from './engine/grants.ts';
import { keyArn } from './engine/identifiers.ts';
import { specFacts } from './engine/key-specs.ts';
import { decidable, grantRowsOf } from './grant-lookup.ts';
import { dropGrant, retiringAccount } from './grant-removal.ts';
import { grantInToken, grantToken } from './grant-tokens.ts';
import { pageOf } from './page.ts';
import { type GrantRow, granteeKey, grants, type KeyRow, keys, type RetirableRow, retirables } from './records.ts';

/** Grants per key: service quota. */
const MAX_GRANTS = 50_000;

export const CreateGrant: Operation<'CreateGrant'> = {
  resource: async (input, ctx) => {
    const resource = await keyResource(ctx, input.KeyId, { grantTokens: input.GrantTokens });
    return { ...resource, grants: resource.grants === undefined ? undefined : await parentGrants(input, ctx) };
  },
  conditions: (input, ctx) => {
    return {
      ...constraintConditions(constraintsOf(input.Constraints)),
      ...forAwsResource(ctx),
      'kms:GrantConstraintSourceArn': input.Constraints?.SourceArn,
      'kms:GrantOperations': input.Operations,
      'kms:GranteePrincipal': input.GranteePrincipal,
      'kms:GranteeServicePrincipal': input.GranteeServicePrincipal,
      'kms:RetiringPrincipal': input.RetiringPrincipal,
      'kms:RetiringServicePrincipal': input.RetiringServicePrincipal,
    };
  },
  handle: async (input, ctx) => {
    const key = await openKey(ctx, input.KeyId);
    const wanted = wantedGrant(input, key.row, ctx);
    refuse(checkGrant(wanted, specFacts(key.row.spec), key.row.usage));
    for (const principal of [wanted.granteePrincipal, wanted.retiringPrincipal]) await checkPrincipal(ctx, principal);
    endDryRun(input.DryRun);
    const grant = (await sameGrant(key, wanted)) ?? save(ctx, key, wanted);
    const place = { account: key.row.account, region: key.row.region, grantId: grant.grantId };
    return { GrantId: grant.grantId, GrantToken: grantToken(ctx.seal, place, ctx.random(16)) };
  },
};

export const ListGrants: Operation<'ListGrants'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  conditions: (_input, ctx) => forAwsResource(ctx),
  handle: async (input, ctx) => {
    const { row, records } = await openKey(ctx, input.KeyId);
    if (input.GrantId !== undefined) {
      const grant = await records.get(grants, input.GrantId);
      if (grant?.keyId !== row.keyId) throw invalidGrantId();
      const fits = input.GranteePrincipal === undefined || grant.granteePrincipal === input.GranteePrincipal;
      return { Grants: fits ? [present(row.account, row.region, grant)] : [], Truncated: false };
    }
    const index = input.GranteePrincipal === undefined ? 'by-key' : 'by-grantee';
    const equals = input.GranteePrincipal === undefined ? row.keyId : granteeKey(row.keyId, input.GranteePrincipal);
    const { entries, ...place } = await pageOf<GrantRow>(input, 50, (after, limit) =>
      records.listIndex(grants, index, {
        equals,
        limit,
        ...(after === undefined ? {} : { after: { key: equals, id: after } }),
      }),
    );
    return { Grants: entries.map(({ value }) => present(row.account, row.region, value)), ...place };
  },
};

export const ListRetirableGrants: Operation<'ListRetirableGrants'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const principal = input.RetiringPrincipal ?? '';
    const { entries, ...place } = await pageOf<RetirableRow>(input, 50, (after, limit) =>
      ctx.records.listIndex(retirables, 'by-principal', {
        equals: principal,
        limit,
        ...(after === undefined ? {} : { after: { key: principal, id: after } }),
      }),
    );
    const found = await Promise.all(
      entries.map(async ({ value }) => {
        const grant = await ctx.records.at({ account: value.keyAccount }).get(grants, value.grantId);
        return grant === undefined ? undefined : present(value.keyAccount, ctx.region, grant);
      }),
    );
    return { Grants: found.filter((grant) => grant !== undefined), ...place };
  },
};

export const RetireGrant: Operation<'RetireGrant'> = {
  // The grant says who may retire it: that, and not the key policy, is what authorisation needs to know.
  resource: 'none',
  handle: async (input, ctx) => {
    const { key, grant } = await grantToRetire(input, ctx);
    if (ctx.principal.kind !== 'root' || ctx.account !== grant.issuingAccount) {
      const resource = await keyResource(ctx, key.arn);
      await ctx.authorise(
        'kms:RetireGrant',
        { ...resource, grants: [decidable(grant)] },
        constraintConditions(grant.constraints),
      );
    }
    endDryRun(input.DryRun);
    await dropGrant(ctx, key.row, grant);
    return {};
  },
};

export const RevokeGrant: Operation<'RevokeGrant'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  conditions: (_input, ctx) => forAwsResource(ctx),
  handle: async ({ KeyId, GrantId, DryRun }, ctx) => {
    const { row, records } = await openKey(ctx, KeyId);
    const grant = await records.get(grants, GrantId);
    if (grant?.keyId !== row.keyId) throw noSuchGrant(GrantId);
    endDryRun(DryRun);
    await dropGrant(ctx, row, grant);
    return {};
  },
};

/** Grants that let the caller create this very grant: those whose operations and constraints it does not exceed. */
async function parentGrants(input: Input<'CreateGrant'>, ctx: Context): Promise<readonly unknown[]> {
  const { row } = await locate(ctx, input.KeyId);
  if (row === undefined) return [];
  const wanted = wantedGrant(input, row, ctx);
  const own = (await grantRowsOf(ctx, row)).filter(({ operations }) => operations.includes('CreateGrant'));
  return own
    .filter((parent) => childIsBounded(parent, wanted))
    .map((parent) => ({ ...decidable(parent), constraints: undefined }));
}

function wantedGrant(input: Input<'CreateGrant'>, row: KeyRow, ctx: Context): Omit<GrantRow, 'grantId'> {
  const { GranteePrincipal, Constraints } = input;
  if (GranteePrincipal === undefined) throw invalid('GranteePrincipal is required.');
  return {
    keyId: row.keyId,
    name: input.Name,
    granteePrincipal: GranteePrincipal,
    retiringPrincipal: input.RetiringPrincipal,
    operations: [...new Set(input.Operations)],
    constraints: constraintsOf(Constraints),
    issuingAccount: ctx.account,
    created: ctx.now,
  };
}

function constraintsOf(input: Input<'CreateGrant'>['Constraints'] | undefined): GrantConstraints | undefined {
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset } = input ?? {};
  if (equals === undefined && subset === undefined) return undefined;
  return {
    ...(equals === undefined ? {} : { encryptionContextEquals: equals }),
    ...(subset === undefined ? {} : { encryptionContextSubset: subset }),
  };
}

/** The condition keys that follow from a grant's constraints. */
function constraintConditions(constraints: GrantConstraints | undefined): Conditions {
  const { encryptionContextEquals: equals, encryptionContextSubset: subset } = constraints ?? {};
  const types = [equals && 'EncryptionContextEquals', subset && 'EncryptionContextSubset'].filter(
    (type) => type !== undefined,
  );
  return { ...contextConditions({ ...subset, ...equals }), 'kms:GrantConstraintType': types[0] };
}

function forAwsResource(ctx: Context): Conditions {
  return { 'kms:GrantIsForAWSResource': ctx.calledVia.length > 0 ? 'true' : 'false' };
}

/** A named grant that is asked for again is given again (API model, CreateGrant.Name). */
async function sameGrant({ records }: Key, wanted: Omit<GrantRow, 'grantId'>): Promise<GrantRow | undefined> {
  if (wanted.name === undefined) return undefined;
  const named = await records.listIndex(grants, 'by-name', { equals: `${wanted.keyId}|${wanted.name}` });
  const identity = ({ granteePrincipal, retiringPrincipal, operations, constraints }: Omit<GrantRow, 'grantId'>) =>
    JSON.stringify([granteePrincipal, retiringPrincipal, [...operations].sort(), sorted(constraints)]);
  return named.map(({ value }) => value).find((grant) => identity(grant) === identity(wanted));
}

function sorted(constraints: GrantConstraints | undefined): unknown {
  const pairs = (context: Readonly<Record<string, string>> | undefined) => context && Object.entries(context).sort();
  return [pairs(constraints?.encryptionContextEquals) ?? null, pairs(constraints?.encryptionContextSubset) ?? null];
}

function save(ctx: Context, { row, records }: Key, wanted: Omit<GrantRow, 'grantId'>): GrantRow {
  if (row.grants >= MAX_GRANTS) {
    throw failure('LimitExceededException', `The key has the most grants a key can have (${MAX_GRANTS}).`);
  }
  const grant: GrantRow = { ...wanted, grantId: Buffer.from(ctx.random(32)).toString('hex') };
  records.create(grants, grant.grantId, grant);
  records.put(keys, row.keyId, { ...row, grants: row.grants + 1 });
  const retirer = retiringAccount(grant);
  if (retirer !== undefined && grant.retiringPrincipal !== undefined) {
    const entry = { principal: grant.retiringPrincipal, keyAccount: row.account, grantId: grant.grantId };
    ctx.records.at({ account: retirer }).create(retirables, grant.grantId, entry);
  }
  return grant;
}

async function grantToRetire(
  input: Input<'RetireGrant'>,
  ctx: Context,
): Promise<{ readonly key: Key; readonly grant: GrantRow }> {
  if (input.GrantToken !== undefined) {
    if (input.KeyId !== undefined || input.GrantId !== undefined) {
      throw invalid('Specify either a grant token, or a grant ID and a key identifier.');
    }
    const { account, region, grantId } = grantInToken(ctx.seal, input.GrantToken);
    const grant = region === ctx.region ? await ctx.records.at({ account }).get(grants, grantId) : undefined;
    if (grant === undefined) throw noSuchGrant(grantId);
    return { key: await openKey(ctx, keyArn(account, region, grant.keyId)), grant };
  }
  if (input.KeyId === undefined || input.GrantId === undefined) {
    throw invalid('Specify either a grant token, or a grant ID and a key identifier.');
  }
  const key = await openKey(ctx, input.KeyId);
  const grant = await key.records.get(grants, input.GrantId);
  if (grant?.keyId !== key.row.keyId) throw noSuchGrant(input.GrantId);
  return { key, grant };
}

function present(account: string, region: string, grant: GrantRow) {
  const { encryptionContextEquals: equals, encryptionContextSubset: subset } = grant.constraints ?? {};
  return {
    KeyId: keyArn(account, region, grant.keyId),
    GrantId: grant.grantId,
    Name: grant.name ?? '',
    CreationDate: new Date(grant.created),
    GranteePrincipal: grant.granteePrincipal,
    ...(grant.retiringPrincipal === undefined ? {} : { RetiringPrincipal: grant.retiringPrincipal }),
    IssuingAccount: `arn:aws:iam::${grant.issuingAccount}:root`,
    Operations: grant.operations as 'Decrypt'[],
    ...(grant.constraints === undefined
      ? {}
      : {
          Constraints: {
            ...(equals === undefined ? {} : { EncryptionContextEquals: { ...equals } }),
            ...(subset === undefined ? {} : { EncryptionContextSubset: { ...subset } }),
          },
        }),
  };
}

const principalArn = /^arn:aws:(iam|sts)::\d{12}:(root|(user|role|federated-user|assumed-role)\/.+)$/;

async function checkPrincipal(ctx: Context, principal: string | undefined): Promise<void> {
  if (principal === undefined || /^[a-z0-9.-]+\.amazonaws\.com$/.test(principal)) return;
  if (principalArn.test(principal) && (await ctx.knowsPrincipal(principal))) return;
  throw failure('InvalidArnException', `ARN does not refer to a valid principal: ${principal}`);
}

function invalidGrantId(): ServiceError {
  return failure('InvalidGrantIdException', 'The grant ID is not valid.');
}

function noSuchGrant(grantId: string): ServiceError {
  return notFound(`Grant ID ${grantId} not found`);
}
