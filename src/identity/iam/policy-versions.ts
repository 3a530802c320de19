import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { checkManagedDocument, encodeDocument } from './documents.ts';
import { attachablePolicy, type ManagedPolicy, noSuchPolicy, ownPolicy, policyResource } from './managed-policy.ts';
import { pageOfList } from './page.ts';
import { type ManagedPolicyRow, managedPolicies, type PolicyVersion } from './records.ts';

/** Versions that AWS keeps of a policy. */
const maxVersions = 5;

export const CreatePolicyVersion: Operation<'CreatePolicyVersion'> = {
  resource: ({ PolicyArn }, ctx) => policyResource(ctx, PolicyArn),
  handle: async ({ PolicyArn, PolicyDocument: document, SetAsDefault }, ctx) => {
    const row = await ownPolicy(ctx, PolicyArn);
    checkManagedDocument(document);
    if (row.versions.length >= maxVersions) {
      throw new ServiceError(
        'LimitExceededException',
        `A managed policy can have up to ${maxVersions} versions. Before you create a new version, you must delete an existing version.`,
      );
    }
    const version: PolicyVersion = { versionId: `v${row.nextVersion}`, document, createDate: ctx.now };
    const defaultVersionId = SetAsDefault === true ? version.versionId : row.defaultVersionId;
    ctx.records.put(managedPolicies, row.policyName.toLowerCase(), {
      ...row,
      updateDate: ctx.now,
      defaultVersionId,
      nextVersion: row.nextVersion + 1,
      versions: [...row.versions, version],
    });
    return { PolicyVersion: presentVersion(version, defaultVersionId) };
  },
};

export const DeletePolicyVersion: Operation<'DeletePolicyVersion'> = {
  resource: ({ PolicyArn }, ctx) => policyResource(ctx, PolicyArn),
  handle: async ({ PolicyArn, VersionId }, ctx) => {
    const row = await ownPolicy(ctx, PolicyArn);
    versionOf(row, VersionId);
    if (row.defaultVersionId === VersionId) {
      throw new ServiceError('DeleteConflictException', 'Cannot delete the default version of a policy.');
    }
    const versions = row.versions.filter(({ versionId }) => versionId !== VersionId);
    ctx.records.put(managedPolicies, row.policyName.toLowerCase(), { ...row, updateDate: ctx.now, versions });
    return {};
  },
};

export const GetPolicyVersion: Operation<'GetPolicyVersion'> = {
  resource: ({ PolicyArn }, ctx) => policyResource(ctx, PolicyArn),
  handle: async ({ PolicyArn, VersionId }, ctx) => {
    const policy = await attachablePolicy(ctx, PolicyArn);
    const { versions, defaultVersionId } = versionsOf(policy);
    const version = versions.find(({ versionId }) => versionId === VersionId);
    if (version === undefined) throw noSuchVersion(PolicyArn, VersionId);
    return {
      PolicyVersion: { Document: encodeDocument(version.document), ...presentVersion(version, defaultVersionId) },
    };
  },
};

export const ListPolicyVersions: Operation<'ListPolicyVersions'> = {
  resource: ({ PolicyArn }, ctx) => policyResource(ctx, PolicyArn),
  handle: async (input, ctx) => {
    const { versions, defaultVersionId } = versionsOf(await attachablePolicy(ctx, input.PolicyArn));
    // Newest first. At most five, but numbers grow without end: the place counts down from what no number reaches.
    const newestFirst = [...versions].reverse();
    const { rows, end } = pageOfList(newestFirst, input, ({ versionId }) => String(1e15 - Number(versionId.slice(1))));
    return { Versions: rows.map((version) => presentVersion(version, defaultVersionId)), ...end };
  },
};

export const SetDefaultPolicyVersion: Operation<'SetDefaultPolicyVersion'> = {
  resource: ({ PolicyArn }, ctx) => policyResource(ctx, PolicyArn),
  handle: async ({ PolicyArn, VersionId }, ctx) => {
    const row = await ownPolicy(ctx, PolicyArn);
    versionOf(row, VersionId);
    ctx.records.put(managedPolicies, row.policyName.toLowerCase(), {
      ...row,
      updateDate: ctx.now,
      defaultVersionId: VersionId,
    });
    return {};
  },
};

/** The document in force of any managed policy. */
export function documentOf(policy: ManagedPolicy): string {
  const { versions, defaultVersionId } = versionsOf(policy);
  return versions.find(({ versionId }) => versionId === defaultVersionId)?.document ?? '';
}

function versionsOf({ owner, row }: ManagedPolicy): Pick<ManagedPolicyRow, 'versions' | 'defaultVersionId'> {
  if (owner === 'account') return row;
  const { versionId, document, updateDate } = row;
  return { versions: [{ versionId, document, createDate: updateDate }], defaultVersionId: versionId };
}

function versionOf(row: ManagedPolicyRow, wanted: string): PolicyVersion {
  const version = row.versions.find(({ versionId }) => versionId === wanted);
  if (version === undefined) throw noSuchVersion(row.arn, wanted);
  return version;
}

function noSuchVersion(arn: string, versionId: string): ServiceError {
  return noSuchPolicy(`Policy ${arn} version ${versionId} does not exist or is not attachable.`);
}

function presentVersion({ versionId, createDate }: PolicyVersion, defaultVersionId: string) {
  return { VersionId: versionId, IsDefaultVersion: versionId === defaultVersionId, CreateDate: new Date(createDate) };
}
