import type { Context } from '#runtime/context.ts';
import type { Conditions } from '#runtime/operation.ts';
import { failure, type Input } from './api.ts';
import { contextConditions } from './context-conditions.ts';
import type { GrantConstraints } from './engine/grants.ts';
import { pinPrincipal } from './grant-principals.ts';
import type { GrantRow, KeyRow } from './records.ts';

/** A grant that is asked for: all of it but the id. */
export type RequestedGrant = Omit<GrantRow, 'grantId'>;

/** What CreateGrant asks for. Whether it may be is for `checkGrant` to say. */
export function requestedGrant(input: Input<'CreateGrant'>, row: KeyRow, ctx: Context): RequestedGrant {
  return {
    keyId: row.keyId,
    name: input.Name,
    granteePrincipal: input.GranteePrincipal,
    granteeServicePrincipal: input.GranteeServicePrincipal,
    retiringPrincipal: input.RetiringPrincipal,
    retiringServicePrincipal: input.RetiringServicePrincipal,
    operations: [...new Set(input.Operations)],
    constraints: constraintsOf(input.Constraints),
    issuingAccount: ctx.account,
    created: ctx.now,
  };
}

export function constraintsOf(input: Input<'CreateGrant'>['Constraints'] | undefined): GrantConstraints | undefined {
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset, SourceArn: sourceArn } = input ?? {};
  if (equals === undefined && subset === undefined && sourceArn === undefined) return undefined;
  return {
    ...(equals === undefined ? {} : { encryptionContextEquals: equals }),
    ...(subset === undefined ? {} : { encryptionContextSubset: subset }),
    ...(sourceArn === undefined ? {} : { sourceArn }),
  };
}

/** The condition keys that follow from a grant's constraints, for CreateGrant and RetireGrant alike. */
export function constraintConditions(constraints: GrantConstraints | undefined): Conditions {
  const { encryptionContextEquals: equals, encryptionContextSubset: subset } = constraints ?? {};
  const types = [equals && 'EncryptionContextEquals', subset && 'EncryptionContextSubset'].filter(
    (type) => type !== undefined,
  );
  return { ...contextConditions({ ...subset, ...equals }), 'kms:GrantConstraintType': types[0] };
}

/** Whether two grants on a key give the same to the same: what is said in another order is the same. */
export function sameTerms(a: RequestedGrant, b: RequestedGrant): boolean {
  return termsOf(a) === termsOf(b);
}

function termsOf(grant: RequestedGrant): string {
  const { encryptionContextEquals, encryptionContextSubset, sourceArn } = grant.constraints ?? {};
  return JSON.stringify([
    [grant.granteePrincipal, grant.granteeServicePrincipal, grant.retiringPrincipal, grant.retiringServicePrincipal],
    [...grant.operations].sort(),
    [sortedPairs(encryptionContextEquals), sortedPairs(encryptionContextSubset), sourceArn],
  ]);
}

function sortedPairs(context: Readonly<Record<string, string>> | undefined): unknown {
  return context && Object.entries(context).sort();
}

const principalArn = /^arn:aws:(iam|sts)::\d{12}:(root|(user|role|federated-user|assumed-role)\/.+)$/;
const serviceHost = /^[a-z0-9.-]+\.amazonaws\.com$/;
const resourceArn = /^arn:aws[a-z-]*:[^:]+:[^:]*:[^:]*:.+$/;

/** @throws ServiceError InvalidArnException for names of nobody and of nothing */
export async function checkNames(ctx: Context, grant: RequestedGrant): Promise<void> {
  for (const principal of [grant.granteePrincipal, grant.retiringPrincipal]) {
    if (principal === undefined || serviceHost.test(principal)) continue;
    if (!principalArn.test(principal) || !(await ctx.knowsPrincipal(principal))) throw invalidPrincipal(principal);
  }
  for (const service of [grant.granteeServicePrincipal, grant.retiringServicePrincipal]) {
    if (service !== undefined && !serviceHost.test(service)) throw invalidPrincipal(service);
  }
  const source = grant.constraints?.sourceArn;
  if (source !== undefined && !resourceArn.test(source)) {
    throw failure('InvalidArnException', `Invalid source ARN: ${source}`);
  }
}

/** The grant as it is kept. */
export async function pinNames(ctx: Context, grant: RequestedGrant): Promise<RequestedGrant> {
  const pin = async (principal: string | undefined) => principal && (await pinPrincipal(ctx, principal));
  return {
    ...grant,
    granteePrincipal: await pin(grant.granteePrincipal),
    retiringPrincipal: await pin(grant.retiringPrincipal),
  };
}

function invalidPrincipal(principal: string) {
  return failure('InvalidArnException', `ARN does not refer to a valid principal: ${principal}`);
}
