import { unsupported } from '#runtime/operation.ts';

const templates = unsupported('role templates come from services that only AWS runs');
const properties = unsupported('account properties configure the Role Manager, which is not part of this release');

/** Operations of IAM's newest model that no other part of the registry names. */
export const simulateOperations = {
  AcquireRole: templates,
  GetAccountProperties: properties,
  GetRoleTemplateVersion: templates,
  PutAccountProperties: properties,
};
