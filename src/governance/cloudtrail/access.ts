import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import { type Fault, parseTrail, type TrailReference, trailArn } from './engine/names.ts';
import { allTrails, type TrailRow, trailId, trails } from './records.ts';

/** @throws ServiceError when there is a fault */
export function refuse(fault: Fault | undefined): void {
  if (fault !== undefined) throw new ServiceError(fault.code, fault.message);
}

/** The trail that a request names. @throws ServiceError InvalidTrailNameException, CloudTrailARNInvalidException */
export function referenceOf(text: string): TrailReference {
  const parsed = parseTrail(text);
  if ('code' in parsed) throw new ServiceError(parsed.code, parsed.message);
  return parsed;
}

/** The trail as policies see it, whether it is there or not. */
export async function trailResource(text: string, ctx: Context): Promise<ResourceRef> {
  const { name, account = ctx.account, region = ctx.region } = referenceOf(text);
  const arn = trailArn(account, region, name);
  const row = account === ctx.account ? await ctx.records.get(trails, trailId({ region, name })) : undefined;
  ctx.audit([{ arn, type: 'AWS::CloudTrail::Trail', account }]);
  return { arn, account, tags: row?.tags };
}

/** @throws ServiceError TrailNotFoundException */
export async function findTrail(text: string, ctx: Context): Promise<TrailRow> {
  const { name, account = ctx.account, region = ctx.region } = referenceOf(text);
  const row = account === ctx.account ? await ctx.records.get(trails, trailId({ region, name })) : undefined;
  // A trail of another Region is seen here only as the shadow of one that records everywhere.
  if (row === undefined || (row.region !== ctx.region && !row.multiRegion)) {
    throw new ServiceError(
      'TrailNotFoundException',
      `Unknown trail: ${trailArn(account, region, name)} for the user: ${ctx.account}`,
    );
  }
  return row;
}

/** For what is done in a trail's home Region only. @throws ServiceError TrailNotFoundException, InvalidHomeRegionException */
export async function homeTrail(text: string, ctx: Context): Promise<TrailRow> {
  const { name, region } = referenceOf(text);
  if (region === undefined) {
    const shadow = (await allTrails(ctx.records)).find((each) => each.name === name && each.multiRegion);
    const own = await ctx.records.get(trails, trailId({ region: ctx.region, name }));
    if (own === undefined && shadow !== undefined) throw elsewhere(shadow);
  }
  const row = await findTrail(text, ctx);
  if (row.region !== ctx.region) throw elsewhere(row);
  return row;
}

function elsewhere({ arn, region }: TrailRow): ServiceError {
  return new ServiceError(
    'InvalidHomeRegionException',
    `The trail \`${arn}\` can be changed in its home Region \`${region}\` only.`,
  );
}
