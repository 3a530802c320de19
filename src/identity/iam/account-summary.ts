import type { Context } from '#runtime/context.ts';
import { keysOf } from './access-keys.ts';
import type { Operation } from './api.ts';
import { everyRow } from './every-row.ts';
import { devicesOf } from './mfa-devices.ts';
import { accountRow, type Owner } from './owner.ts';
import { groups, managedPolicies, roles, users } from './records.ts';
import { instanceProfiles, openIdProviders, samlProviders, serverCertificates } from './records-roles.ts';
import { mfaDevices } from './records-users.ts';
import { certificatesOf } from './signing-certificates.ts';

/** What bounds the number of users, roles and the like here is memory: AWS's quotas are shown as the largest number that fits. */
const unbounded = 2_147_483_647;

export const GetAccountSummary: Operation<'GetAccountSummary'> = {
  resource: () => '*',
  handle: async (_input, ctx) => {
    const root: Owner = {
      kind: 'root',
      ownerId: ctx.account,
      arn: `arn:aws:iam::${ctx.account}:root`,
      user: undefined,
    };
    const devices = await mfaCounts(ctx);
    const { settings } = await accountRow(ctx);
    const { records } = ctx;
    return {
      SummaryMap: {
        Users: await records.count(users),
        UsersQuota: unbounded,
        Groups: await records.count(groups),
        GroupsQuota: unbounded,
        Roles: await records.count(roles),
        RolesQuota: unbounded,
        Policies: await records.count(managedPolicies),
        PoliciesQuota: unbounded,
        PolicyVersionsInUse: await policyVersions(ctx),
        PolicyVersionsInUseQuota: unbounded,
        InstanceProfiles: await records.count(instanceProfiles),
        InstanceProfilesQuota: unbounded,
        ServerCertificates: await records.count(serverCertificates),
        ServerCertificatesQuota: unbounded,
        Providers: (await records.count(openIdProviders)) + (await records.count(samlProviders)),
        MFADevices: devices.all,
        MFADevicesInUse: devices.inUse,
        AccountMFAEnabled: (await devicesOf(ctx, root)).length > 0 ? 1 : 0,
        AccountAccessKeysPresent: (await keysOf(ctx, root)).length > 0 ? 1 : 0,
        AccountPasswordPresent: 0,
        AccountSigningCertificatesPresent: (await certificatesOf(ctx, root)).length > 0 ? 1 : 0,
        AccessKeysPerUserQuota: 2,
        AssumeRolePolicySizeQuota: 4_096,
        AttachedPoliciesPerGroupQuota: 10,
        AttachedPoliciesPerRoleQuota: 10,
        AttachedPoliciesPerUserQuota: 10,
        GlobalEndpointTokenVersion: settings['globalEndpointTokenVersion'] === 'v2Token' ? 2 : 1,
        GroupPolicySizeQuota: 5_120,
        GroupsPerUserQuota: 10,
        PolicySizeQuota: 6_144,
        RolePolicySizeQuota: 10_240,
        SigningCertificatesPerUserQuota: 2,
        UserPolicySizeQuota: 2_048,
        VersionsPerPolicyQuota: 5,
      },
    };
  },
};

async function mfaCounts({ records }: Context): Promise<{ readonly all: number; readonly inUse: number }> {
  let all = 0;
  let inUse = 0;
  for await (const { value } of everyRow(records, mfaDevices)) {
    all += 1;
    if (value.assigned !== undefined) inUse += 1;
  }
  return { all, inUse };
}

async function policyVersions({ records }: Context): Promise<number> {
  let count = 0;
  for await (const { value } of everyRow(records, managedPolicies)) count += value.versions.length;
  return count;
}
