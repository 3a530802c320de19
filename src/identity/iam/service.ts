import type { Operations } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import { saveKeyUses } from './key-use.ts';
import { accessKeys, accounts, groups, managedPolicies, roles, users } from './records.ts';
import { roleCollections, roleOperations } from './registry-roles.ts';
import { simulateOperations } from './registry-simulate.ts';
import { userCollections, userOperations } from './registry-users.ts';

/** IAM in three parts: who there is, what they may take on, and what that comes to. */
const operations = { ...roleOperations, ...userOperations, ...simulateOperations } satisfies Operations<'iam'>;

export const iam: Service = {
  name: 'iam',
  prefix: 'iam',
  host: 'iam.amazonaws.com',
  operations,
  collections: [accessKeys, accounts, groups, managedPolicies, roles, users, ...roleCollections, ...userCollections],
  upkeep: saveKeyUses,
  global: true,
};
