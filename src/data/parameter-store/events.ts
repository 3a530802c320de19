import type { Context } from '#runtime/context.ts';
import { parameterArn } from './engine/names.ts';
import type { VersionRow } from './records.ts';

/** What events say of a parameter. */
type Described = Pick<VersionRow, 'type' | 'description'>;

/** `Parameter Store Change`, as EventBridge carries it (Systems Manager user guide, "event examples"). */
export function changed(
  ctx: Context,
  name: string,
  { type, description }: Described,
  operation: 'Create' | 'Update' | 'Delete' | 'LabelParameterVersion',
): void {
  const about = description === undefined ? {} : { description };
  emit(ctx, 'Parameter Store Change', name, { operation, name, type, ...about });
}

/** A version that was announced but could not be made, and why (user guide, "native parameter support for AMI ids"). */
export function notMade(
  ctx: Context,
  name: string,
  { type, dataType }: Pick<VersionRow, 'type' | 'dataType'>,
  operation: 'Create' | 'Update',
  exception: string,
): void {
  emit(ctx, 'Parameter Store Change', name, { exception, dataType, name, type, operation });
}

export function policyActed(
  ctx: Context,
  name: string,
  policy: { readonly type: string; readonly text: string },
  status: string,
): void {
  emit(ctx, 'Parameter Store Policy Action', name, {
    'parameter-name': name,
    'policy-type': policy.type,
    'policy-content': policy.text,
    'action-status': status,
  });
}

function emit(ctx: Context, detailType: string, name: string, detail: Readonly<Record<string, unknown>>): void {
  ctx.emit({ source: 'aws.ssm', detailType, resources: [parameterArn(ctx.account, ctx.region, name)], detail });
}
