import { collection } from '#runtime/collection.ts';
import type { Records } from '#runtime/records.ts';
import type { Labels } from './engine/labels.ts';
import { type ParameterReference, twinOf } from './engine/names.ts';
import type { ParameterPolicy } from './engine/policies.ts';
import type { Tier } from './engine/tiers.ts';

export type ParameterType = 'String' | 'StringList' | 'SecureString';

/** One version of a parameter: what `GetParameterHistory` shows of it. */
export type VersionRow = {
  readonly version: number;
  readonly type: ParameterType;
  /** The text; for SecureString what KMS made of it, base64. */
  readonly value: string;
  readonly keyId: string | undefined;
  readonly dataType: string;
  readonly description: string | undefined;
  readonly allowedPattern: string | undefined;
  readonly tier: Tier;
  readonly policies: readonly ParameterPolicy[];
  readonly modified: number;
  readonly modifiedBy: string;
};

/** A parameter: its current version, and what belongs to the parameter as a whole. */
export type ParameterRow = {
  readonly name: string;
  readonly current: VersionRow;
  readonly oldestVersion: number;
  readonly labels: Labels;
  readonly tags: Readonly<Record<string, string>>;
  readonly resourcePolicy: { readonly id: string; readonly text: string; readonly hash: string } | undefined;
};

export type SettingRow = { readonly value: string; readonly modified: number; readonly modifiedBy: string };

/** Id: the name. */
export const parameters = collection<ParameterRow>('ssm/parameter', 'regional');
/** Versions before the current one. Id: `name:0000000001`, so that they sort by number. */
export const versions = collection<VersionRow>('ssm/parameter-version', 'regional');
/** One for each advanced parameter, by its name: they are counted apart from the others. */
export const advancedNames = collection<true>('ssm/advanced-parameter', 'regional');
/** Id: the setting's path. */
export const settings = collection<SettingRow>('ssm/service-setting', 'regional');

export function versionId(name: string, version: number): string {
  return `${name}:${String(version).padStart(10, '0')}`;
}

/** The parameter that a reference names, with the name it is stored under. */
export async function findParameter(
  records: Records,
  { account, name }: ParameterReference,
): Promise<ParameterRow | undefined> {
  const found = await records.get(parameters, name);
  if (found !== undefined || account === undefined) return found;
  // An ARN does not tell `x` from `/x`.
  const twin = twinOf(name);
  return twin === undefined ? undefined : records.get(parameters, twin);
}

/** A version by number; the current one included. */
export async function findVersion(
  records: Records,
  row: ParameterRow,
  version: number,
): Promise<VersionRow | undefined> {
  if (version === row.current.version) return row.current;
  return records.get(versions, versionId(row.name, version));
}

/** Parameters of each tier, as committed. */
export async function countByTier(records: Records): Promise<Readonly<Record<Tier, number>>> {
  const [all, advanced] = await Promise.all([records.count(parameters), records.count(advancedNames)]);
  return { Standard: all - advanced, Advanced: advanced };
}
