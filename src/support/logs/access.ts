import type { Context } from '#runtime/context.ts';
import type { ResourcePolicy, ResourceRef } from '#runtime/operation.ts';
import type { Records } from '#runtime/records.ts';
import { groupArn, readGroup, streamArn } from './engine/names.ts';
import { invalid, notFound } from './errors.ts';
import { type GroupRow, groups, policies, type StreamRow, streamKey, streams } from './records.ts';

/** A log group where it lives: in the caller's account unless an ARN says otherwise. */
export type Place = { readonly account: string; readonly name: string; readonly records: Records };

/** How requests name a log group. */
export type Named = {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
};

/** @throws ServiceError InvalidParameterException */
export function placeOf({ logGroupName, logGroupIdentifier }: Named, ctx: Context): Place {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined)
    throw invalid('LogGroup name and LogGroup ARN are mutually exclusive parameters.');
  const text = logGroupName ?? logGroupIdentifier;
  if (text === undefined) throw invalid('Specify the name or the ARN of a log group.');
  const reference = readGroup(text);
  if (reference === undefined || (reference.region ?? ctx.region) !== ctx.region)
    throw invalid('The specified log group identifier is not valid.');
  const account = reference.account ?? ctx.account;
  return { account, name: reference.name, records: ctx.records.at({ account }) };
}

/** The log group as policies see it. */
export async function groupResource(named: Named, ctx: Context): Promise<ResourceRef> {
  const place = placeOf(named, ctx);
  const { account, name, records } = place;
  const row = await records.get(groups, name);
  const arn = groupArn(account, ctx.region, name);
  ctx.audit([{ arn, type: 'AWS::Logs::LogGroup', account }]);
  return { arn, account, tags: row?.tags, policy: await resourcePolicy(place, ctx) };
}

/** A stream as policies see it; it has its group's tags. */
export async function streamResource(named: Named, stream: string, ctx: Context): Promise<ResourceRef> {
  const place = placeOf(named, ctx);
  const { account, name, records } = place;
  const row = await records.get(groups, name);
  const arn = streamArn(account, ctx.region, name, stream);
  ctx.audit([{ arn: groupArn(account, ctx.region, name), type: 'AWS::Logs::LogGroup', account }]);
  return { arn, account, tags: row?.tags, policy: await resourcePolicy(place, ctx) };
}

/** Resource policies open log groups to services and other accounts; who belongs to the account has policies of their own. */
async function resourcePolicy({ records, account, name }: Place, ctx: Context): Promise<ResourcePolicy | undefined> {
  if (ctx.principal.kind !== 'service' && ctx.principal.account === account) return undefined;
  const row = await records.get(policies, 'all');
  const text = row?.byGroup[name] ?? row?.whole;
  return text === undefined ? undefined : { kind: 'resource', source: `resource policies of account ${account}`, text };
}

/** @throws ServiceError ResourceNotFoundException */
export async function findGroup({ records, name }: Pick<Place, 'records' | 'name'>): Promise<GroupRow> {
  const row = await records.get(groups, name);
  if (row === undefined) throw notFound('log group');
  return row;
}

/** @throws ServiceError ResourceNotFoundException */
export async function findStream(records: Records, group: GroupRow, name: string): Promise<StreamRow> {
  const row = await records.get(streams, streamKey(group.id, name));
  if (row === undefined) throw notFound('log stream');
  return row;
}

export function ownGroup(ctx: Context, name: string): Promise<GroupRow> {
  return findGroup({ records: ctx.records, name });
}
