import type { GrammarError, Statement } from './policy.ts';
import { LEGACY } from './read.ts';

/** Resources are ARNs or `*`. The checks and their texts are IAM's, found in this order. */

const PARTITIONS = new Set([
  'aws',
  'aws-cn',
  'aws-us-gov',
  'aws-iso',
  'aws-iso-b',
  'aws-iso-e',
  'aws-iso-f',
  'aws-eusc',
]);

const IAM_PATHS =
  'user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.';

/** A fault of the older parser, which runs before all other checks. */
export function legacyResourceFault(statement: Statement): GrammarError | undefined {
  const bad = statement.resources?.patterns.some((resource) => {
    const [arn, partition, service, , account, name] = resource.split(':');
    if (arn !== 'arn' || !PARTITIONS.has(partition ?? '')) return false;
    if (service === '') return true;
    // Five parts: the fourth colon's field is taken for an account and must look like one.
    return account !== undefined && name === undefined && account !== '' && !/^[0-9*?]+$/.test(account);
  });
  return bad ? { message: LEGACY, path: pathOf(statement) } : undefined;
}

/** @returns the first fault of the statement's resources */
export function resourceFault(statement: Statement): GrammarError | undefined {
  for (const resource of statement.resources?.patterns ?? []) {
    const message = fault(resource);
    if (message !== undefined) return { message, path: pathOf(statement) };
  }
  return undefined;
}

function pathOf(statement: Statement): string {
  return `Statement[${statement.index}].${statement.resources?.negated ? 'NotResource' : 'Resource'}`;
}

function fault(resource: string): string | undefined {
  if (resource === '*') return undefined;
  const parts = resource.split(':');
  const [, partition = '', service, region = '', , ...rest] = parts;
  if (parts.length < 2) return `Resource ${resource} must be in ARN format or "*".`;
  if (parts[0] !== 'arn' || !(PARTITIONS.has(partition) || partition === '*')) {
    const completed = ['arn', ...parts.slice(1)];
    while (completed.length < 6) completed.push('*');
    return `Partition "${partition}" is not valid for resource "${completed.join(':')}".`;
  }
  if (service === undefined || /[*?]/.test(service)) {
    return service === '*' ? undefined : 'Resource vendor must be fully qualified and cannot contain regexes.';
  }
  if (service === 'iam' && region !== '' && region !== '*') {
    return `IAM resource ${resource} cannot contain region information.`;
  }
  if (service === 's3' && region !== '' && region !== '*' && !rest.join(':').startsWith('accesspoint/')) {
    return `Resource ${resource} can not contain region information.`;
  }
  if (service === 'iam' && rest.length > 0 && !isIamPath(rest.join(':'))) {
    return `IAM resource path must either be "*" or start with ${IAM_PATHS}`;
  }
  return undefined;
}

/** Paths of the service authorization reference that the text leaves out. */
const NEWER_IAM_PATHS: ReadonlySet<string> = new Set(['delegation-request/']);

/** A wildcard or variable before the slash may stand for one of the words. */
function isIamPath(name: string): boolean {
  const word = name.slice(0, name.indexOf('/') + 1);
  if (name === 'root' || name === '*' || /[*?$]/.test(word === '' ? name : word)) return true;
  if (NEWER_IAM_PATHS.has(word)) return true;
  return word !== '' && IAM_PATHS.replace('.', '').split(', ').includes(word);
}
