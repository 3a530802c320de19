import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { cacheOf } from './crypto/material-cache.ts';
import { keyArn } from './engine/identifiers.ts';
import { type KeyRow, keys, type MaterialRow } from './records.ts';

const kind = 'kms/expiry';

/** One job per key: at the first expiry among its materials. */
export function scheduleExpiry(ctx: Context, row: KeyRow): void {
  const times = row.materials.flatMap(({ sealed, validTo }) =>
    sealed === undefined || validTo === undefined ? [] : [validTo],
  );
  const runAt = times.length === 0 ? undefined : Math.min(...times);
  ctx.schedule({ kind, id: jobId(row.account, row.region, row.keyId), runAt });
}

export function cancelExpiry(ctx: Context, row: KeyRow): void {
  ctx.schedule({ kind, id: jobId(row.account, row.region, row.keyId), runAt: undefined });
}

/** Runs when imported material expires: its bytes go, its id stays, so that the same material can come back. */
export async function expireDueMaterial(keyId: string, _payload: unknown, ctx: Context): Promise<void> {
  const row = await ctx.records.get(keys, keyId);
  if (row === undefined) return;
  const due = ({ sealed, validTo }: MaterialRow) => sealed !== undefined && validTo !== undefined && validTo <= ctx.now;
  const materials = row.materials.map((material) => (due(material) ? withoutBytes(material) : material));
  const expired: KeyRow = { ...row, materials };
  if (row.materials.some(due)) {
    ctx.records.put(keys, keyId, expired);
    cacheOf(ctx.seal).drop(row);
    const arn = keyArn(row.account, row.region, keyId);
    ctx.emit({
      source: 'aws.kms',
      detailType: 'KMS Imported Key Material Expiration',
      resources: [arn],
      detail: { 'key-id': keyId },
    });
  }
  scheduleExpiry(ctx, expired);
}

export function withoutBytes(material: MaterialRow): MaterialRow {
  return { ...material, sealed: undefined, validTo: undefined };
}
