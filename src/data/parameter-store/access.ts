import type { Context } from '#runtime/context.ts';
import type { Conditions, ResourceRef } from '#runtime/operation.ts';
import type { Records } from '#runtime/records.ts';
import { ServiceError } from '#wire/service-error.ts';
import { type ParameterReference, parameterArn, parseReference, refuseQualified } from './engine/names.ts';
import { refuse } from './engine/refusal.ts';
import { findParameter } from './records.ts';

/**
 * Where a reference points: the caller's own account unless it is an ARN.
 *
 * @throws ServiceError ValidationException for ARNs of another Region: its policies would not be asked
 */
export function placeOf({ account, region }: ParameterReference, ctx: Context): Records {
  if (account === undefined) return ctx.records;
  if (region !== ctx.region) {
    throw new ServiceError(
      'ValidationException',
      `parameter ARN: expected Region \`${ctx.region}\`, found \`${region}\``,
    );
  }
  return ctx.records.at({ account });
}

/** The parameter as policies see it: its ARN without selector, its tags, its resource policy. */
export async function parameterResource(text: string, ctx: Context): Promise<ResourceRef> {
  const reference = parseReference(text);
  const row = await findParameter(placeOf(reference, ctx), reference);
  const account = reference.account ?? ctx.account;
  const arn = parameterArn(account, ctx.region, row?.name ?? reference.name);
  ctx.audit([{ arn, type: 'AWS::SSM::Parameter', account }]);
  return {
    arn,
    account,
    tags: row?.tags,
    conditions: tagKeys(row?.tags),
    policy:
      row?.resourcePolicy === undefined
        ? undefined
        : { kind: 'resource', source: `resource policy of ${arn}`, text: row.resourcePolicy.text },
  };
}

/** Systems Manager's own name for the tags, beside `aws:ResourceTag`. */
function tagKeys(tags: Readonly<Record<string, string>> = {}): Conditions {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`ssm:resourceTag/${key}`, value]));
}

export function parameterResources(names: readonly string[], ctx: Context): Promise<readonly ResourceRef[]> {
  return Promise.all([...new Set(names)].map((name) => parameterResource(name, ctx)));
}

/** For operations that take a name only. @throws ServiceError ValidationException */
export function plainName(text: string): string {
  const reference = parseReference(text);
  refuse(refuseQualified(reference));
  return reference.name;
}
