import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { keyResource, openOwnKey } from './access.ts';
import { accept, type Operation } from './api.ts';
import { cacheOf } from './crypto/material-cache.ts';
import { keyArn } from './engine/identifiers.ts';
import { DAY, deletionWindow } from './engine/rotation.ts';
import { removeGrant } from './grant-removal.ts';
import { cancelExpiry } from './import-expiry.ts';
import { aliases, grants, type KeyRow, keys, type MultiRegionRow, usages } from './records.ts';
import { saveRelatives } from './relatives.ts';
import { isReplica, stateOf } from './state.ts';
import { forgetUse, idleDays } from './usage.ts';

const kind = 'kms/deletion';

export const ScheduleKeyDeletion: Operation<'ScheduleKeyDeletion'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  conditions: async ({ KeyId, PendingWindowInDays }, ctx) => ({
    'kms:TrailingDaysWithoutKeyUsage': await idleDays(ctx, KeyId),
    'kms:ScheduleKeyDeletionPendingWindowInDays':
      PendingWindowInDays === undefined ? undefined : String(PendingWindowInDays),
  }),
  handle: async ({ KeyId, PendingWindowInDays }, ctx) => {
    const { days } = accept(deletionWindow(PendingWindowInDays));
    const { arn, row } = await openOwnKey(ctx, KeyId);
    const waits = row.multiRegion !== undefined && !isReplica(row) && row.multiRegion.replicaRegions.length > 0;
    const pending = setDeletion(ctx, row, waits ? undefined : ctx.now + days * DAY, days);
    cacheOf(ctx.seal).drop(row);
    return {
      KeyId: arn,
      KeyState: stateOf(pending),
      PendingWindowInDays: days,
      ...(pending.deletion?.at === undefined ? {} : { DeletionDate: new Date(pending.deletion.at) }),
    };
  },
};

export const CancelKeyDeletion: Operation<'CancelKeyDeletion'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  handle: async ({ KeyId }, ctx) => {
    const { arn, row, records } = await openOwnKey(ctx, KeyId);
    records.put(keys, row.keyId, { ...row, enabled: false, deletion: undefined });
    ctx.schedule({ kind, id: jobId(row.account, row.region, row.keyId), runAt: undefined });
    return { KeyId: arn };
  },
};

function setDeletion(ctx: Context, row: KeyRow, at: number | undefined, windowDays: number): KeyRow {
  const pending: KeyRow = { ...row, deletion: { at, windowDays } };
  ctx.records.at({ account: row.account, region: row.region }).put(keys, row.keyId, pending);
  if (at !== undefined) ctx.schedule({ kind, id: jobId(row.account, row.region, row.keyId), runAt: at });
  return pending;
}

/** Runs at the end of the waiting period: the key goes, and with it its material, aliases, grants and usage. */
export async function deleteDueKey(keyId: string, _payload: unknown, ctx: Context): Promise<void> {
  const row = await ctx.records.get(keys, keyId);
  if (row?.deletion?.at === undefined) return;
  if (row.deletion.at > ctx.now) {
    // Cancelled and scheduled anew while this job was under way: its end must not take the new one away.
    ctx.schedule({ kind, id: jobId(row.account, row.region, keyId), runAt: row.deletion.at });
    return;
  }
  const arn = keyArn(row.account, row.region, keyId);
  for (const alias of row.aliases) {
    await ctx.records.get(aliases, alias);
    ctx.records.delete(aliases, alias);
  }
  await removeGrants(ctx, row);
  if ((await ctx.records.get(usages, keyId)) !== undefined) ctx.records.delete(usages, keyId);
  ctx.records.delete(keys, keyId);
  cancelExpiry(ctx, row);
  ctx.schedule({ kind: 'kms/rotation', id: jobId(row.account, row.region, keyId), runAt: undefined });
  cacheOf(ctx.seal).drop(row);
  forgetUse(ctx, arn);
  if (row.multiRegion !== undefined && isReplica(row)) await leaveFamily(ctx, row, row.multiRegion);
  ctx.emit({ source: 'aws.kms', detailType: 'KMS CMK Deletion', resources: [arn], detail: { 'key-id': keyId } });
}

async function removeGrants(ctx: Context, row: KeyRow): Promise<void> {
  let after: { key: string; id: string } | undefined;
  for (;;) {
    const page = await ctx.records.listIndex(grants, 'by-key', {
      equals: row.keyId,
      limit: 500,
      ...(after === undefined ? {} : { after }),
    });
    for (const { value } of page) await removeGrant(ctx, row, value);
    const last = page.at(-1);
    if (last === undefined || page.length < 500) return;
    after = { key: last.indexKey, id: last.id };
  }
}

/** The relatives forget a deleted replica; a primary that waited for its last one begins its own waiting period. */
async function leaveFamily(ctx: Context, row: KeyRow, family: MultiRegionRow): Promise<void> {
  const replicaRegions = family.replicaRegions.filter((region) => region !== row.region);
  const rest: KeyRow = { ...row, multiRegion: { ...family, replicaRegions } };
  await saveRelatives(ctx, rest, (each) => ({ ...each, multiRegion: { ...family, replicaRegions } }));
  if (replicaRegions.length > 0) return;
  const primary = await ctx.records.at({ region: family.primaryRegion }).get(keys, row.keyId);
  if (primary?.deletion === undefined) return;
  setDeletion(ctx, primary, ctx.now + primary.deletion.windowDays * DAY, primary.deletion.windowDays);
}
