import type { ServiceError } from '#wire/service-error.ts';
import { keyResource, openKey, openOwnKey, readOwnKey } from './access.ts';
import { failure, type Operation, refuse, unsupportedHere } from './api.ts';
import { keyArn } from './engine/identifiers.ts';
import { checkOnDemand, DEFAULT_PERIOD_DAYS, startSchedule } from './engine/rotation.ts';
import { pageIn } from './page.ts';
import type { KeyRow, MaterialRow } from './records.ts';
import { relatives, saveRelatives } from './relatives.ts';
import { rotate, rotateToPending, scheduleRotation } from './rotation-job.ts';
import { isReplica, pendingMaterial } from './state.ts';

export const EnableKeyRotation: Operation<'EnableKeyRotation'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  conditions: ({ RotationPeriodInDays }) => ({
    'kms:RotationPeriodInDays': RotationPeriodInDays === undefined ? undefined : String(RotationPeriodInDays),
  }),
  handle: async ({ KeyId, RotationPeriodInDays }, ctx) => {
    const { arn, row } = await openOwnKey(ctx, KeyId);
    checkRotatable(arn, row);
    checkAwsOrigin(arn, row);
    const unchanged =
      row.schedule !== undefined && (RotationPeriodInDays ?? DEFAULT_PERIOD_DAYS) === row.schedule.periodDays;
    const schedule = unchanged ? row.schedule : startSchedule(ctx.now, RotationPeriodInDays);
    await saveRelatives(ctx, row, (each) => ({ ...each, schedule }));
    scheduleRotation(ctx, { ...row, schedule });
    return {};
  },
};

export const DisableKeyRotation: Operation<'DisableKeyRotation'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  handle: async ({ KeyId }, ctx) => {
    const { arn, row } = await openOwnKey(ctx, KeyId);
    checkRotatable(arn, row);
    checkAwsOrigin(arn, row);
    await saveRelatives(ctx, row, (each) => ({ ...each, schedule: undefined }));
    scheduleRotation(ctx, { ...row, schedule: undefined });
    return {};
  },
};

export const GetKeyRotationStatus: Operation<'GetKeyRotationStatus'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  handle: async ({ KeyId }, ctx) => {
    // Works across accounts (API model). The ARN: recordings of AWS; the manual's example shows the id.
    const { arn, row } = await openKey(ctx, KeyId);
    const { schedule } = row;
    if (schedule === undefined || row.deletion !== undefined) return { KeyId: arn, KeyRotationEnabled: false };
    return {
      KeyId: arn,
      KeyRotationEnabled: true,
      RotationPeriodInDays: schedule.periodDays,
      NextRotationDate: new Date(schedule.nextAt),
    };
  },
};

export const RotateKeyOnDemand: Operation<'RotateKeyOnDemand'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  handle: async ({ KeyId }, ctx) => {
    const { arn, row } = await openOwnKey(ctx, KeyId);
    checkRotatable(arn, row);
    refuse(checkOnDemand(arn, row.onDemandRotations));
    if (row.origin === 'AWS_KMS') {
      await rotate(ctx, row, 'ON_DEMAND');
      return { KeyId: arn };
    }
    const family = await relatives(ctx, row);
    if (!family.every((each) => pendingMaterial(each)?.sealed !== undefined)) {
      throw failure('KMSInvalidStateException', `No available key material pending rotation for the key: ${arn}.`);
    }
    await rotateToPending(ctx, row);
    return { KeyId: arn };
  },
};

export const ListKeyRotations: Operation<'ListKeyRotations'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  handle: async (input, ctx) => {
    const { row } = await readOwnKey(ctx, input.KeyId);
    if (row.spec !== 'SYMMETRIC_DEFAULT') throw notSymmetric();
    const all = input.IncludeKeyMaterial === 'ALL_KEY_MATERIAL';
    const family = all ? await relatives(ctx, row) : [row];
    const shown = row.materials.filter(({ rotation }) => all || rotation !== undefined);
    const { entries, ...place } = pageIn(input, 100, shown);
    return { Rotations: entries.map((material) => present(row, material, family)), ...place };
  },
};

function present(row: KeyRow, material: MaterialRow, family: readonly KeyRow[]) {
  const { rotation, validTo } = material;
  const waits =
    material.state === 'PENDING_ROTATION' && !family.every((each) => pendingMaterial(each)?.sealed !== undefined);
  return {
    // The ARN: recordings of AWS.
    KeyId: keyArn(row.account, row.region, row.keyId),
    KeyMaterialId: material.id,
    KeyMaterialState: waits ? ('PENDING_MULTI_REGION_IMPORT_AND_ROTATION' as const) : material.state,
    ...(material.description === undefined ? {} : { KeyMaterialDescription: material.description }),
    ...(row.origin === 'EXTERNAL' ? importFacts(material.sealed !== undefined, validTo) : {}),
    ...(rotation === undefined ? {} : { RotationDate: new Date(rotation.at), RotationType: rotation.type }),
  };
}

function importFacts(imported: boolean, validTo: number | undefined) {
  if (!imported) return { ImportState: 'PENDING_IMPORT' as const };
  if (validTo === undefined)
    return { ImportState: 'IMPORTED' as const, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' as const };
  return {
    ImportState: 'IMPORTED' as const,
    ExpirationModel: 'KEY_MATERIAL_EXPIRES' as const,
    ValidTo: new Date(validTo),
  };
}

/** Only symmetric encryption keys rotate, and of multi-Region ones the primary for all. */
function checkRotatable(arn: string, row: KeyRow): void {
  if (row.spec !== 'SYMMETRIC_DEFAULT') throw notSymmetric();
  if (isReplica(row)) throw unsupportedHere(`${arn} is not a multi-region primary key.`);
}

function checkAwsOrigin(arn: string, row: KeyRow): void {
  if (row.origin !== 'AWS_KMS')
    throw unsupportedHere(`${arn} origin is ${row.origin} which is not valid for this operation.`);
}

function notSymmetric(): ServiceError {
  // AWS gives no text here (recorded).
  return unsupportedHere('');
}
