import type { CompiledPolicy } from '../compile.ts';
import type { Condition, Statement } from '../document/policy.ts';
import type { Inquiry } from '../inquiry.ts';
import { actionNameOf } from '../matching/action.ts';
import { isAccountId } from '../matching/arn.ts';
import type { PolicySets } from '../request.ts';

/**
 * S3 Block Public Access on requests: a bucket with a public policy serves its own account and AWS services only (S3 user
 * guide, "Blocking public access to your Amazon S3 storage", RestrictPublicBuckets).
 */
export function isPublicAccessBlocked(inquiry: Inquiry, policies: PolicySets, sameAccount: boolean): boolean {
  if (policies.serviceSettings?.s3?.blockPublicAccess !== true || policies.resource === null) return false;
  if (actionNameOf(inquiry.request.action).service !== 's3') return false;
  const insider = inquiry.principal.type === 'service' || (sameAccount && inquiry.principal.type !== 'anonymous');
  return !insider && isPublic(policies.resource);
}

/** "The meaning of public": an allow for everyone that no condition ties to fixed parties or networks. */
export function isPublic({ policy }: Pick<CompiledPolicy, 'policy'>): boolean {
  return policy.statements.some(
    (statement) => statement.effect === 'Allow' && namesEveryone(statement) && !statement.conditions.some(tiesDown),
  );
}

function namesEveryone({ principals }: Statement): boolean {
  return principals !== undefined && (principals.anyone || principals.negated);
}

const TYING_OPERATORS = new Set([
  'StringEquals',
  'StringEqualsIgnoreCase',
  'StringLike',
  'ArnEquals',
  'ArnLike',
  'IpAddress',
  'ForAnyValue:StringEquals',
  'ForAnyValue:StringLike',
]);

const TYING_KEYS = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceip',
  'aws:sourceorgid',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
]);

/** Fixed values only; an access point's ARN may end in a wildcard, its account may not be one. */
function tiesDown({ operator, key, values }: Condition): boolean {
  const name = key.toLowerCase();
  if (!TYING_OPERATORS.has(operator) || !TYING_KEYS.has(name)) return false;
  if (name === 'aws:sourceip') return values.every((value) => !value.endsWith('/0'));
  if (name === 's3:dataaccesspointarn') return values.every((value) => isAccountId(value.split(':')[4] ?? ''));
  return values.every((value) => !value.includes('*') && !value.includes('?') && !value.includes('${'));
}
