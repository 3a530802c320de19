import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { placeOf } from './access.ts';
import { versionOf } from './engine/labels.ts';
import { type ParameterReference, parameterArn, refuseMalformed } from './engine/names.ts';
import { refuse } from './engine/refusal.ts';
import { findParameter, findVersion, type ParameterRow, type VersionRow } from './records.ts';
import { decryptValue } from './secure-value.ts';

/** A parameter and the version that a selector chose. */
export type Selected = {
  readonly row: ParameterRow;
  readonly version: VersionRow;
  readonly arn: string;
  readonly selector: string | undefined;
};

/**
 * Finds a parameter, and the version named by `:3` or `:label`.
 *
 * @throws ServiceError ValidationException, ParameterNotFound, ParameterVersionNotFound
 */
export async function select(ctx: Context, reference: ParameterReference): Promise<Selected> {
  refuse(refuseMalformed(reference.name));
  const records = placeOf(reference, ctx);
  const row = await findParameter(records, reference);
  const wanted = reference.selector?.slice(1);
  if (row === undefined || wanted?.includes(':')) throw notFound();
  const arn = parameterArn(reference.account ?? ctx.account, ctx.region, row.name);
  if (wanted === undefined) return { row, version: row.current, arn, selector: undefined };
  const number = /^\d{1,15}$/.test(wanted) ? Number(wanted) : versionOf(row.labels, wanted);
  const version = number === undefined ? undefined : await findVersion(records, row, number);
  if (version === undefined) throw versionNotFound(row.name, wanted);
  return { row, version, arn, selector: reference.selector };
}

/** A parameter as the Get operations answer it. */
export async function present(ctx: Context, selected: Selected, decrypt: boolean | undefined) {
  const { row, version, arn, selector } = selected;
  return {
    Name: row.name,
    Type: version.type,
    Value: await readValue(ctx, version, arn, decrypt),
    Version: version.version,
    ...(selector === undefined ? {} : { Selector: selector }),
    LastModifiedDate: new Date(version.modified),
    ARN: arn,
    DataType: version.dataType,
  };
}

/** A version's value; SecureStrings are decrypted when the caller asks for it, and as the caller. */
export async function readValue(
  ctx: Context,
  version: VersionRow,
  arn: string,
  decrypt: boolean | undefined,
): Promise<string> {
  if (version.type !== 'SecureString' || decrypt !== true) return version.value;
  return decryptValue(ctx, version.tier, arn, version.value);
}

/** AWS sends this error without a text (recordings of DeleteParameter). */
export function notFound(): ServiceError {
  return new ServiceError('ParameterNotFound', '');
}

export function versionNotFound(name: string, wanted: string): ServiceError {
  const what = /^\d+$/.test(wanted)
    ? `version ${wanted} of ${name}. Verify the version`
    : `label ${wanted} for parameter ${name}. Verify the label`;
  return new ServiceError('ParameterVersionNotFound', `Systems Manager could not find ${what} and try again.`);
}
