import type { Context } from '#runtime/context.ts';
import type { Conditions } from '#runtime/operation.ts';
import type { ServiceError } from '#wire/service-error.ts';
import { type Key, keyResource, locate, notFound, openKey } from './access.ts';
import { endDryRun, failure, type Input, invalid, type Operation, refuse } from './api.ts';
import { checkGrant, childIsBounded } from './engine/grants.ts';
import { keyArn } from './engine/identifiers.ts';
import { specFacts } from './engine/key-specs.ts';
import { decidable, grantRowsOf } from './grant-lookup.ts';
import { lookupName, pinPrincipal, shownPrincipal } from './grant-principals.ts';
import { dropGrant, retiringAccount } from './grant-removal.ts';
import { grantInToken, grantToken } from './grant-tokens.ts';
import { pageOf } from './page.ts';
import {
  type GrantRow,
  granteeKey,
  granteeOf,
  grants,
  keys,
  type RetirableRow,
  retirables,
  retirerOf,
} from './records.ts';
import {
  checkNames,
  constraintConditions,
  constraintsOf,
  pinNames,
  type RequestedGrant,
  requestedGrant,
  sameTerms,
} from './requested-grant.ts';

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
    const asked = requestedGrant(input, key.row, ctx);
    refuse(checkGrant(asked, specFacts(key.row.spec), key.row.usage));
    await checkNames(ctx, asked);
    endDryRun(input.DryRun);
    const wanted = await pinNames(ctx, asked);
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
    const { GranteePrincipal, GranteeServicePrincipal } = input;
    checkFilters(ctx, 'GranteePrincipal', GranteePrincipal, GranteeServicePrincipal);
    const grantee = await lookupNameOf(ctx, GranteePrincipal ?? GranteeServicePrincipal);
    if (input.GrantId !== undefined) {
      const grant = await records.get(grants, input.GrantId);
      if (grant?.keyId !== row.keyId) throw invalidGrantId();
      const fits = grantee === undefined || lookupName(granteeOf(grant)) === grantee;
      return { Grants: fits ? [await present(ctx, row.account, grant)] : [], Truncated: false };
    }
    const index = grantee === undefined ? 'by-key' : 'by-grantee';
    const equals = grantee === undefined ? row.keyId : granteeKey(row.keyId, grantee);
    const { entries, ...place } = await pageOf<GrantRow>(input, 50, (after, limit) =>
      records.listIndex(grants, index, {
        equals,
        limit,
        ...(after === undefined ? {} : { after: { key: equals, id: after } }),
      }),
    );
    return { Grants: await Promise.all(entries.map(({ value }) => present(ctx, row.account, value))), ...place };
  },
};

export const ListRetirableGrants: Operation<'ListRetirableGrants'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const { RetiringPrincipal, RetiringServicePrincipal } = input;
    checkFilters(ctx, 'RetiringPrincipal', RetiringPrincipal, RetiringServicePrincipal);
    const principal = await lookupNameOf(ctx, RetiringPrincipal ?? RetiringServicePrincipal);
    if (principal === undefined) throw invalid('Specify either RetiringPrincipal or RetiringServicePrincipal.');
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
        return grant === undefined ? undefined : present(ctx, value.keyAccount, grant);
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
        // Constraints of a grant do not bear on RetireGrant.
        { ...resource, grants: [{ ...decidable(grant, ctx.principal), constraints: undefined }] },
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
  const wanted = requestedGrant(input, row, ctx);
  const own = (await grantRowsOf(ctx, row)).filter(({ operations }) => operations.includes('CreateGrant'));
  return own
    .filter((parent) => childIsBounded(parent, wanted))
    .map((parent) => ({ ...decidable(parent, ctx.principal), constraints: sourceOf(parent) }));
}

/** The constraint that bears on CreateGrant itself; the others bear on the grants that it makes. */
function sourceOf({ constraints }: GrantRow): GrantRow['constraints'] {
  return constraints?.sourceArn === undefined ? undefined : { sourceArn: constraints.sourceArn };
}

/** What the grants of a principal are found by: of a user or role, who has the name today. */
async function lookupNameOf(ctx: Context, principal: string | undefined): Promise<string | undefined> {
  return principal && lookupName(await pinPrincipal(ctx, principal));
}

/** Lists are by one principal at most, and by a service for services only (SDK model, ListGrants and ListRetirableGrants). */
function checkFilters(ctx: Context, member: string, principal: string | undefined, service: string | undefined): void {
  const serviceMember = member.replace('Principal', 'ServicePrincipal');
  if (service === undefined) return;
  if (principal !== undefined) throw invalid(`Specify either ${member} or ${serviceMember}, but not both.`);
  if (ctx.principal.kind !== 'service') throw invalid(`${serviceMember} is for service principals only.`);
}

function forAwsResource(ctx: Context): Conditions {
  return { 'kms:GrantIsForAWSResource': ctx.calledVia.length > 0 ? 'true' : 'false' };
}

/** A named grant that is asked for again is given again (API model, CreateGrant.Name). */
async function sameGrant({ records }: Key, wanted: RequestedGrant): Promise<GrantRow | undefined> {
  if (wanted.name === undefined) return undefined;
  const named = await records.listIndex(grants, 'by-name', { equals: `${wanted.keyId}|${wanted.name}` });
  return named.map(({ value }) => value).find((grant) => sameTerms(grant, wanted));
}

function save(ctx: Context, { row, records }: Key, wanted: RequestedGrant): GrantRow {
  if (row.grants >= MAX_GRANTS) {
    throw failure('LimitExceededException', `The key has the most grants a key can have (${MAX_GRANTS}).`);
  }
  const grant: GrantRow = { ...wanted, grantId: Buffer.from(ctx.random(32)).toString('hex') };
  records.create(grants, grant.grantId, grant);
  records.put(keys, row.keyId, { ...row, grants: row.grants + 1 });
  const principal = retirerOf(grant);
  const account = retiringAccount(row, grant);
  if (principal !== undefined && account !== undefined) {
    const entry = { principal, keyAccount: row.account, grantId: grant.grantId };
    ctx.records.at({ account }).create(retirables, grant.grantId, entry);
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

async function present(ctx: Context, account: string, grant: GrantRow) {
  const { encryptionContextEquals: equals, encryptionContextSubset: subset, sourceArn } = grant.constraints ?? {};
  const shown = (principal: string | undefined) => principal && shownPrincipal(ctx, principal);
  return {
    KeyId: keyArn(account, ctx.region, grant.keyId),
    GrantId: grant.grantId,
    Name: grant.name ?? '',
    CreationDate: new Date(grant.created),
    GranteePrincipal: await shown(grant.granteePrincipal),
    GranteeServicePrincipal: grant.granteeServicePrincipal,
    RetiringPrincipal: await shown(grant.retiringPrincipal),
    RetiringServicePrincipal: grant.retiringServicePrincipal,
    IssuingAccount: `arn:aws:iam::${grant.issuingAccount}:root`,
    Operations: grant.operations as 'Decrypt'[],
    Constraints:
      grant.constraints === undefined
        ? undefined
        : {
            EncryptionContextEquals: equals && { ...equals },
            EncryptionContextSubset: subset && { ...subset },
            SourceArn: sourceArn,
          },
  };
}

function invalidGrantId(): ServiceError {
  return failure('InvalidGrantIdException', 'The grant ID is not valid.');
}

function noSuchGrant(grantId: string): ServiceError {
  return notFound(`Grant ID ${grantId} not found`);
}
