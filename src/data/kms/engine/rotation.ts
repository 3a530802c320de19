import { type Refusal, refusal } from './refusal.ts';

export const DAY = 86_400_000;

/** Days between automatic rotations when none are given (API model, EnableKeyRotation). */
export const DEFAULT_PERIOD_DAYS = 365;

/** On-demand rotations in a key's life (API model, RotateKeyOnDemand). */
export const MAX_ON_DEMAND = 25;

/** Import tokens are good for 24 hours (API model, GetParametersForImport). */
export const IMPORT_TOKEN_MS = DAY;

/** Automatic rotation of a key: counted from the day on which it was enabled or last changed. */
export type RotationSchedule = { readonly periodDays: number; readonly nextAt: number };

export function startSchedule(now: number, periodDays: number = DEFAULT_PERIOD_DAYS): RotationSchedule {
  return { periodDays, nextAt: now + periodDays * DAY };
}

/**
 * The schedule after a rotation at `now`: the next date on the same grid that lies ahead. A server that slept over several dates
 * rotates once, not once for each date missed.
 */
export function advanceSchedule(schedule: RotationSchedule, now: number): RotationSchedule {
  const step = schedule.periodDays * DAY;
  const missed = Math.max(0, Math.floor((now - schedule.nextAt) / step));
  return { periodDays: schedule.periodDays, nextAt: schedule.nextAt + (missed + 1) * step };
}

/** Text: recordings of AWS. */
export function checkOnDemand(arn: string, done: number): Refusal | undefined {
  if (done < MAX_ON_DEMAND) return undefined;
  return refusal(
    'LimitExceededException',
    `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${arn}`,
  );
}

/** Waiting period before deletion: 7–30 days, default 30. The model alone would let 1–365 pass. */
export function deletionWindow(days: number | undefined): { readonly days: number } | { readonly refusal: Refusal } {
  const window = days ?? 30;
  if (Number.isInteger(window) && window >= 7 && window <= 30) return { days: window };
  return {
    refusal: refusal('ValidationException', 'PendingWindowInDays must be between 7 and 30, inclusive.'),
  };
}

/** Expiry of imported material: in the future, at most 365 days ahead (API model, ImportKeyMaterial.ValidTo). */
export function checkExpiry(
  model: 'KEY_MATERIAL_EXPIRES' | 'KEY_MATERIAL_DOES_NOT_EXPIRE',
  validTo: number | undefined,
  now: number,
): Refusal | undefined {
  if (model === 'KEY_MATERIAL_EXPIRES' && validTo === undefined) {
    return refusal('ValidationException', 'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES');
  }
  if (model === 'KEY_MATERIAL_DOES_NOT_EXPIRE' && validTo !== undefined) {
    return refusal(
      'ValidationException',
      'A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE',
    );
  }
  if (validTo === undefined) return undefined;
  if (!(validTo > now)) return refusal('ValidationException', 'The validTo date must be in the future.');
  if (validTo > now + 365 * DAY) return refusal('ValidationException', 'The validTo date must be within 365 days.');
  return undefined;
}
