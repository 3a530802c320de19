import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { layerPolicies, versionId } from './records.ts';

/** A layer as a request names it: its name, or its ARN. */
export type LayerReference = { readonly account: string; readonly name: string };

export function parseLayer(text: string, ctx: Context): LayerReference {
  const [, , , , account, , name] = text.split(':');
  return name === undefined || account === undefined ? { account: ctx.account, name: text } : { account, name };
}

export function layerArn(ctx: Context, { account, name }: LayerReference, version?: number | string): string {
  const whole = `arn:aws:lambda:${ctx.region}:${account}:layer:${name}`;
  return version === undefined ? whole : `${whole}:${version}`;
}

/** A layer version as policies see it, with the policy that shares it. */
export async function layerResource(ctx: Context, arn: string): Promise<ResourceRef> {
  const [, , , , account = ctx.account, , name = '', version = ''] = arn.split(':');
  const policy = await ctx.records.at({ account }).get(layerPolicies, versionId(name, version));
  return {
    arn,
    account,
    policy: policy === undefined ? undefined : { kind: 'resource', source: `policy of ${arn}`, text: policy.text },
  };
}
