import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { generateMaterial, resealMaterial } from './crypto/material.ts';
import { keyArn } from './engine/identifiers.ts';
import { advanceSchedule } from './engine/rotation.ts';
import { type KeyRow, keys, type MaterialRow } from './records.ts';
import { relatives, saveRelatives } from './relatives.ts';
import { isReplica, stateOf } from './state.ts';

const kind = 'kms/rotation';

/** Moves the job to the schedule's next date, or cancels it. Replicas follow their primary. */
export function scheduleRotation(ctx: Context, row: KeyRow): void {
  if (isReplica(row)) return;
  ctx.schedule({ kind, id: jobId(row.account, row.region, row.keyId), runAt: row.schedule?.nextAt });
}

/** Runs when a rotation is due. A key that is disabled or waits for its deletion is not rotated; its schedule goes on. */
export async function rotateDueKey(keyId: string, _payload: unknown, ctx: Context): Promise<void> {
  const row = await ctx.records.get(keys, keyId);
  if (row?.schedule === undefined || isReplica(row)) return;
  if (row.schedule.nextAt > ctx.now) return scheduleRotation(ctx, row);
  const schedule = advanceSchedule(row.schedule, ctx.now);
  if (stateOf(row) === 'Enabled') await rotate(ctx, { ...row, schedule }, 'AUTOMATIC');
  else await saveRelatives(ctx, row, (each) => ({ ...each, schedule }));
  scheduleRotation(ctx, { ...row, schedule });
}

/** New material for a key and all its relatives; every old one is kept, so that what it encrypted decrypts. */
export async function rotate(ctx: Context, row: KeyRow, type: 'AUTOMATIC' | 'ON_DEMAND'): Promise<void> {
  const material = await generateMaterial(ctx.seal, row, ctx.random);
  const rotation = { at: ctx.now, type };
  const onDemandRotations = row.onDemandRotations + (type === 'ON_DEMAND' ? 1 : 0);
  for (const relative of await relatives(ctx, row)) {
    const own = relative.region === row.region ? material : resealMaterial(ctx.seal, row, relative, material);
    const materials: readonly MaterialRow[] = [
      ...relative.materials.map(retired),
      { ...own, state: 'CURRENT', rotation },
    ];
    const { schedule } = row;
    ctx.records
      .at({ region: relative.region })
      .put(keys, row.keyId, { ...relative, materials, schedule, onDemandRotations });
  }
  announceRotation(ctx, row);
}

/** Makes the pending imported material of a key and its relatives the current one. */
export async function rotateToPending(ctx: Context, row: KeyRow): Promise<void> {
  const rotation = { at: ctx.now, type: 'ON_DEMAND' } as const;
  await saveRelatives(ctx, row, (each) => ({
    ...each,
    onDemandRotations: row.onDemandRotations + 1,
    materials: each.materials.map((material) =>
      material.state === 'PENDING_ROTATION' ? { ...material, state: 'CURRENT', rotation } : retired(material),
    ),
  }));
  announceRotation(ctx, row);
}

function retired(material: MaterialRow): MaterialRow {
  return { ...material, state: 'NON_CURRENT' };
}

function announceRotation(ctx: Context, row: KeyRow): void {
  const arn = keyArn(row.account, row.region, row.keyId);
  ctx.emit({ source: 'aws.kms', detailType: 'KMS CMK Rotation', resources: [arn], detail: { 'key-id': row.keyId } });
}
