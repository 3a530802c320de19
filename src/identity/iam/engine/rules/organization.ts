import type { Inquiry } from '../inquiry.ts';
import { actionNameOf } from '../matching/action.ts';
import type { PolicySets } from '../request.ts';

/** Whom the policies of an organization bind (Organizations user guide, "Service control policies", "Resource control policies"). */

/** SCPs bind users, roles and root users of member accounts; not services, anonymous callers or service-linked roles. */
export function scpsApply(inquiry: Inquiry, policies: PolicySets): boolean {
  if (policies.scps.length === 0 || inquiry.principal.account === '') return false;
  return inquiry.request.attributes?.principalAccountIsManagement !== true && !isServiceLinkedRole(inquiry);
}

/** RCPs bind whoever asks for a resource of a member account, for the services that support them. */
export function rcpsApply(inquiry: Inquiry, policies: PolicySets): boolean {
  if (policies.rcps.length === 0 || inquiry.request.attributes?.resourceAccountIsManagement === true) return false;
  const { service, operation } = actionNameOf(inquiry.request.action);
  if (!RCP_SERVICES.has(service) || (service === 'kms' && operation === 'retiregrant')) return false;
  return !isServiceLinkedRole(inquiry) && !assumesServiceLinkedRole(inquiry);
}

function isServiceLinkedRole({ request, principal }: Inquiry): boolean {
  return (
    request.attributes?.principalIsServiceLinkedRole === true || principal.role.includes(':role/aws-service-role/')
  );
}

/** "RCPs also do not impact AWS services' ability to assume a service-linked role." */
function assumesServiceLinkedRole({ principal, resourceParts }: Inquiry): boolean {
  return principal.type === 'service' && resourceParts?.[5].startsWith('role/aws-service-role/') === true;
}

/** "List of AWS services that support RCPs", by action prefix. */
const RCP_SERVICES = new Set([
  'aoss',
  'appconfig',
  'appstream',
  'autoscaling',
  'codebuild',
  'codecommit',
  'cognito-identity',
  'cognito-idp',
  'cognito-sync',
  'comprehend',
  'comprehendmedical',
  'dax',
  'dynamodb',
  'ecr',
  'health',
  'kinesisvideo',
  'kms',
  'logs',
  's3',
  'secretsmanager',
  'signin',
  'sqs',
  'sts',
  'support',
  'textract',
  'transcribe',
  'translate',
]);
