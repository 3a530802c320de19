import { administration } from './administration.ts';
import { audit } from './audit.ts';
import type { AwsManagedPolicy } from './aws-policy.ts';
import { identity } from './identity.ts';
import { keysAndSecrets } from './keys-and-secrets.ts';
import { messaging } from './messaging.ts';
import { reading } from './reading.ts';
import { storageAndCompute } from './storage-and-compute.ts';

export type { AwsManagedPolicy } from './aws-policy.ts';

/** Every AWS managed policy that can be attached, in order of their names. */
export const awsManagedPolicies: readonly AwsManagedPolicy[] = [
  ...administration,
  ...audit,
  ...identity,
  ...keysAndSecrets,
  ...messaging,
  ...reading,
  ...storageAndCompute,
].sort((a, b) => (a.policyName.toLowerCase() < b.policyName.toLowerCase() ? -1 : 1));

const byArn = new Map(awsManagedPolicies.map((policy) => [policy.arn, policy]));

/** @example awsManagedPolicy('arn:aws:iam::aws:policy/AdministratorAccess')?.versionId // 'v1' */
export function awsManagedPolicy(arn: string): AwsManagedPolicy | undefined {
  return byArn.get(arn);
}
