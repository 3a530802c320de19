import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Policy, PolicyKind } from './engine/document/policy.ts';
import { policySize } from './engine/document/size.ts';
import { parsePolicy } from './engine/document/validate.ts';

/** Most characters of a managed policy, without white space (IAM quotas). */
const maxManagedSize = 6_144;
/** Most characters of a trust policy (IAM quotas, "Role trust policy length", the highest that AWS grants). */
const maxTrustSize = 4_096;
/** Most characters of all inline policies of one entity together (IAM quotas). */
const maxInlineSize = { user: 2_048, group: 5_120, role: 10_240 } as const;

/** @throws ServiceError MalformedPolicyDocument with AWS's text */
export function readDocument(text: string, kind: PolicyKind): Policy {
  const reading = parsePolicy(text, kind);
  if (reading.ok) return reading.policy;
  throw malformed(reading.errors[0]?.message ?? 'Syntax errors in policy.');
}

/** A customer managed policy's document. @throws ServiceError MalformedPolicyDocument, LimitExceeded */
export function checkManagedDocument(text: string): void {
  readDocument(text, 'identity');
  if (policySize(text, 'identity') > maxManagedSize) {
    throw new ServiceError('LimitExceededException', `Cannot exceed quota for PolicySize: ${maxManagedSize}`);
  }
}

/**
 * An inline policy beside those that the entity has; all of them count.
 *
 * @param existing documents of the entity's inline policies by name; one of the same name is replaced
 * @throws ServiceError MalformedPolicyDocument, LimitExceeded
 */
export function checkInlineDocument(
  kind: keyof typeof maxInlineSize,
  entity: string,
  existing: Readonly<Record<string, string>>,
  name: string,
  text: string,
): void {
  readDocument(text, 'identity');
  let size = policySize(text, 'identity');
  for (const other in existing) if (other !== name) size += policySize(existing[other] ?? '', 'identity');
  const max = maxInlineSize[kind];
  if (size > max)
    throw new ServiceError(
      'LimitExceededException',
      `Maximum policy size of ${max} bytes exceeded for ${kind} ${entity}`,
    );
}

/** A role's trust policy: its grammar, its size, and that the principals it names exist. @throws ServiceError MalformedPolicyDocument, LimitExceeded */
export async function checkTrustDocument(text: string, ctx: Context): Promise<void> {
  const policy = readDocument(text, 'trust');
  if (policySize(text, 'trust') > maxTrustSize) {
    throw new ServiceError('LimitExceededException', `Cannot exceed quota for ACLSizePerRole: ${maxTrustSize}`);
  }
  for (const { principals } of policy.statements) {
    for (const arn of principals?.aws ?? []) {
      if (!isPrincipal(arn) || !(await ctx.knowsPrincipal(arn)))
        throw malformed(`Invalid principal in policy: "AWS":"${arn}"`);
    }
    for (const host of principals?.service ?? []) {
      if (!/^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com|amazon\.com|aws\.internal)(\.cn)?$/.test(host)) {
        throw malformed(`Invalid principal in policy: "SERVICE":"${host}"`);
      }
    }
  }
}

function isPrincipal(text: string): boolean {
  if (/^\d{12}$/.test(text)) return true;
  return /^arn:aws[a-z-]*:(iam::\d{12}:(root|user\/.+|role\/.+)|sts::\d{12}:(assumed-role\/.+\/.+|federated-user\/.+))$/.test(
    text,
  );
}

export function malformed(message: string): ServiceError {
  return new ServiceError('MalformedPolicyDocumentException', message);
}

/** A document as IAM's answers carry it: percent-encoded by RFC 3986. SDKs other than Python's hand it on as it is. */
export function encodeDocument(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
