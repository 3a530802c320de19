import { type EncryptionContext, includesContext, sameContext } from './encryption-context.ts';
import type { KeySpecFacts, KeyUsage } from './key-specs.ts';
import { type Refusal, refusal } from './refusal.ts';

/** Limits on what a grant allows. All parts that are given must hold; the policy engine decides whether they do. */
export type GrantConstraints = {
  readonly encryptionContextEquals?: EncryptionContext | undefined;
  readonly encryptionContextSubset?: EncryptionContext | undefined;
  /** Only on behalf of this resource: `aws:SourceArn` of the request. */
  readonly sourceArn?: string | undefined;
};

/** The part of a grant that decides. Of each pair, principal and service principal, a grant has at most one. */
export type GrantFacts = {
  readonly granteePrincipal?: string | undefined;
  readonly granteeServicePrincipal?: string | undefined;
  readonly retiringPrincipal?: string | undefined;
  readonly retiringServicePrincipal?: string | undefined;
  readonly operations: readonly string[];
  readonly constraints?: GrantConstraints | undefined;
};

/** May a principal whose only right comes from `parent` create `child`? Fewer or equal operations, constraints at least as strict. */
export function childIsBounded(parent: GrantFacts, child: GrantFacts): boolean {
  if (!child.operations.every((operation) => parent.operations.includes(operation))) return false;
  const { encryptionContextEquals: equals, encryptionContextSubset: subset, sourceArn } = parent.constraints ?? {};
  if (sourceArn !== undefined && child.constraints?.sourceArn !== sourceArn) return false;
  const childEquals = child.constraints?.encryptionContextEquals;
  const childSubset = child.constraints?.encryptionContextSubset;
  if (equals !== undefined && !(childEquals !== undefined && sameContext(equals, childEquals))) return false;
  if (subset === undefined) return true;
  return includesContext(childEquals ?? {}, subset) || includesContext(childSubset ?? {}, subset);
}

const always = ['CreateGrant', 'RetireGrant', 'DescribeKey'];

/** Operations that a grant on a key of this kind may name. */
export function grantableOperations(facts: KeySpecFacts, usage: KeyUsage): readonly string[] {
  if (facts.family === 'symmetric') {
    return [
      ...always,
      'Decrypt',
      'Encrypt',
      'GenerateDataKey',
      'GenerateDataKeyWithoutPlaintext',
      'GenerateDataKeyPair',
      'GenerateDataKeyPairWithoutPlaintext',
      'ReEncryptFrom',
      'ReEncryptTo',
    ];
  }
  switch (usage) {
    case 'GENERATE_VERIFY_MAC':
      return [...always, 'GenerateMac', 'VerifyMac'];
    case 'KEY_AGREEMENT':
      return [...always, 'GetPublicKey', 'DeriveSharedSecret'];
    case 'SIGN_VERIFY':
      return [...always, 'GetPublicKey', 'Sign', 'Verify'];
    default:
      return [...always, 'GetPublicKey', 'Decrypt', 'Encrypt', 'ReEncryptFrom', 'ReEncryptTo'];
  }
}

/** Pairs in a constraint, and characters of a value: API model, CreateGrant.Constraints. */
const MAX_PAIRS = 8;
const MAX_VALUE = 384;

/** Refuses a grant that is incomplete, says a thing twice, or that the key cannot carry. */
export function checkGrant(grant: GrantFacts, facts: KeySpecFacts, usage: KeyUsage): Refusal | undefined {
  const unclear = checkPrincipals(grant);
  if (unclear !== undefined) return unclear;
  if (grant.operations.length === 0) return refusal('ValidationException', 'At least one operation must be specified.');
  const allowed = grantableOperations(facts, usage);
  const wrong = grant.operations.find((operation) => !allowed.includes(operation));
  if (wrong !== undefined) {
    return refusal('ValidationException', `Grant operation ${wrong} is not supported by the KMS key.`);
  }
  const contexts = [grant.constraints?.encryptionContextEquals, grant.constraints?.encryptionContextSubset];
  for (const context of contexts) {
    if (context === undefined) continue;
    if (facts.family !== 'symmetric') {
      return refusal(
        'ValidationException',
        'Encryption context constraints are supported on symmetric encryption KMS keys only.',
      );
    }
    const pairs = Object.entries(context);
    if (pairs.length > MAX_PAIRS)
      return refusal('ValidationException', `A grant constraint holds at most ${MAX_PAIRS} encryption context pairs.`);
    if (pairs.some(([, value]) => value.length > MAX_VALUE)) {
      return refusal(
        'ValidationException',
        `An encryption context value in a grant constraint holds at most ${MAX_VALUE} characters.`,
      );
    }
  }
  return undefined;
}

/** Who the grant is for and who may retire it: SDK model of CreateGrant, GranteeServicePrincipal and RetiringServicePrincipal. */
function checkPrincipals(grant: GrantFacts): Refusal | undefined {
  const { granteePrincipal, granteeServicePrincipal: service, retiringPrincipal, retiringServicePrincipal } = grant;
  if ((granteePrincipal === undefined) === (service === undefined)) {
    return refusal('ValidationException', 'Specify either GranteePrincipal or GranteeServicePrincipal, but not both.');
  }
  if (retiringPrincipal !== undefined && retiringServicePrincipal !== undefined) {
    return refusal('ValidationException', 'Specify RetiringPrincipal or RetiringServicePrincipal, but not both.');
  }
  if (service === undefined) return undefined;
  if (grant.constraints?.sourceArn === undefined) {
    return refusal('ValidationException', 'A grant to a service principal must have a SourceArn constraint.');
  }
  if (retiringPrincipal !== undefined || retiringServicePrincipal !== undefined) return undefined;
  return refusal(
    'ValidationException',
    'A grant to a service principal must have a RetiringPrincipal or a RetiringServicePrincipal.',
  );
}
