import { pinPrincipals, shownPrincipals } from '#identity/iam/pinned-principals.ts';
import type { Context } from '#runtime/context.ts';
import type { Conditions } from '#runtime/operation.ts';
import { type Key, keyConditions, keyResource, locate, openOwnKey, resourceOf } from './access.ts';
import { failure, type Operation, refuse, unsupportedHere } from './api.ts';
import { resealMaterial } from './crypto/material.ts';
import { cacheOf } from './crypto/material-cache.ts';
import { keyArn, keyNotFound } from './engine/identifiers.ts';
import { defaultKeyPolicy } from './engine/key-policy.ts';
import { checkState } from './engine/key-states.ts';
import { isRegion } from './engine/regions.ts';
import { bypassOf } from './keys.ts';
import { metadataOf } from './metadata.ts';
import { checkKeyPolicy } from './policies.ts';
import { type KeyRow, keys, type MaterialRow, type MultiRegionRow } from './records.ts';
import { saveRelatives } from './relatives.ts';
import { scheduleRotation } from './rotation-job.ts';
import { isReplica, stateOf } from './state.ts';
import { authoriseTags, tagConditions, tagsFor } from './tags.ts';

export const ReplicateKey: Operation<'ReplicateKey'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  conditions: (input) => ({
    ...tagConditions(input.Tags),
    'kms:ReplicaRegion': input.ReplicaRegion,
    'kms:BypassPolicyLockoutSafetyCheck': bypassOf(input),
  }),
  handle: async (input, ctx) => {
    const { arn, row } = await openOwnKey(ctx, input.KeyId);
    const family = primaryFamily(arn, row);
    const region = input.ReplicaRegion;
    if (!isRegion(region)) throw unsupportedHere(`${region} is not a Region of this partition.`);
    const there = ctx.records.at({ region });
    const replicaArn = keyArn(row.account, region, row.keyId);
    if (region === row.region || (await there.get(keys, row.keyId)) !== undefined) {
      throw failure(
        'AlreadyExistsException',
        `Unable to replicate key to region ${region}, as key already exists there.`,
      );
    }
    const multiRegion: MultiRegionRow = { ...family, replicaRegions: [...family.replicaRegions, region] };
    const replica: KeyRow = {
      ...row,
      region,
      description: input.Description ?? '',
      created: ctx.now,
      enabled: true,
      policy: input.Policy === undefined ? defaultKeyPolicy(row.account) : await pinPrincipals(ctx, input.Policy),
      tags: tagsFor({}, input.Tags),
      aliases: [],
      grants: 0,
      materials: [],
      multiRegion,
    };
    await authoriseCreation(ctx, replica, {
      ...tagConditions(input.Tags),
      'kms:BypassPolicyLockoutSafetyCheck': bypassOf(input),
    });
    await authoriseTags(ctx, replica, input.Tags);
    if (input.Policy !== undefined)
      await checkKeyPolicy(ctx, replica, input.Policy, input.BypassPolicyLockoutSafetyCheck);
    const created: KeyRow = {
      ...replica,
      materials: row.materials.map((material) => copied(ctx, row, replica, material)),
    };
    await saveRelatives(ctx, row, (each) => ({ ...each, multiRegion }));
    there.create(keys, row.keyId, created);
    ctx.audit([{ arn: replicaArn, type: 'AWS::KMS::Key', account: row.account }]);
    const replicaTags = Object.entries(created.tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
    return {
      // AWS answers while the replica is still being made; here it is ready with the answer's commit.
      ReplicaKeyMetadata: metadataOf(created, 'Creating'),
      ReplicaPolicy: await shownPrincipals(ctx, created.policy),
      ...(replicaTags.length === 0 ? {} : { ReplicaTags: replicaTags }),
    };
  },
};

export const UpdatePrimaryRegion: Operation<'UpdatePrimaryRegion'> = {
  resource: async (input, ctx) => {
    const primary = await keyResource(ctx, input.KeyId);
    const { keyId } = await locate(ctx, input.KeyId);
    const replica = await ctx.records.at({ region: input.PrimaryRegion }).get(keys, keyId);
    if (replica === undefined || input.PrimaryRegion === ctx.region) return primary;
    const arn = keyArn(replica.account, replica.region, replica.keyId);
    const located = {
      arn,
      account: replica.account,
      keyId: replica.keyId,
      alias: undefined,
      row: { ...replica, grants: 0 },
      toBeCreated: false,
    };
    return [primary, await resourceOf(ctx, located)];
  },
  conditions: ({ PrimaryRegion }) => ({ 'kms:PrimaryRegion': PrimaryRegion }),
  handle: async ({ KeyId, PrimaryRegion }, ctx) => {
    const key = await openOwnKey(ctx, KeyId);
    const family = primaryFamily(key.arn, key.row);
    if (PrimaryRegion === key.row.region) return {};
    const replica = await replicaIn(ctx, key, family, PrimaryRegion);
    const replicaRegions = [...family.replicaRegions.filter((region) => region !== PrimaryRegion), key.row.region];
    const multiRegion: MultiRegionRow = { primaryRegion: PrimaryRegion, replicaRegions };
    // The rotation job moves with the primary.
    scheduleRotation(ctx, { ...key.row, schedule: undefined });
    await saveRelatives(ctx, key.row, (each) => ({ ...each, multiRegion }));
    scheduleRotation(ctx, { ...replica, multiRegion });
    cacheOf(ctx.seal).drop(key.row);
    return {};
  },
};

function primaryFamily(arn: string, row: KeyRow): MultiRegionRow {
  if (row.multiRegion === undefined || isReplica(row))
    throw unsupportedHere(`${arn} is not a multi-region primary key.`);
  return row.multiRegion;
}

async function replicaIn(ctx: Context, key: Key, family: MultiRegionRow, region: string): Promise<KeyRow> {
  const arn = keyArn(key.row.account, region, key.row.keyId);
  const replica = family.replicaRegions.includes(region)
    ? await ctx.records.at({ region }).get(keys, key.row.keyId)
    : undefined;
  if (replica === undefined) throw failure('NotFoundException', keyNotFound(arn).message);
  refuse(checkState(arn, stateOf(replica), 'UpdatePrimaryRegion'));
  return replica;
}

/** Imported material is not copied: it is imported into each replica by its owner. Its ids are shared. */
function copied(ctx: Context, from: KeyRow, to: KeyRow, material: MaterialRow): MaterialRow {
  if (from.origin === 'EXTERNAL' || material.sealed === undefined)
    return { ...material, sealed: undefined, validTo: undefined };
  return { ...material, ...resealMaterial(ctx.seal, from, to, { ...material, sealed: material.sealed }) };
}

/** Replicating needs kms:CreateKey in the replica's Region as well (API model, ReplicateKey). */
async function authoriseCreation(ctx: Context, replica: KeyRow, asked: Conditions): Promise<void> {
  const { account, region: requested } = replica;
  const conditions = { ...keyConditions(ctx, replica), ...asked, 'aws:RequestedRegion': requested };
  await ctx.authorise('kms:CreateKey', { arn: '*', account }, conditions);
}
