import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { groupResource, ownGroup } from './access.ts';
import type { Operation } from './api.ts';
import { newDataKey } from './data-keys.ts';
import { groupArn, readGroup } from './engine/names.ts';
import { invalid } from './errors.ts';
import { type GroupRow, groups } from './records.ts';

type Named = { readonly logGroupName?: string | undefined; readonly resourceIdentifier?: string | undefined };

export const AssociateKmsKey: Operation<'AssociateKmsKey'> = {
  resource: encrypted,
  handle: async (input, ctx) => {
    const row = await groupOf(ctx, input);
    const keyArn = input.kmsKeyId;
    const dataKey = await newDataKey(ctx, keyArn, groupArn(ctx.account, ctx.region, row.name));
    ctx.records.put(groups, row.name, { ...row, key: { keyArn, dataKey } });
    return {};
  },
};

export const DisassociateKmsKey: Operation<'DisassociateKmsKey'> = {
  resource: encrypted,
  handle: async (input, ctx) => {
    const row = await groupOf(ctx, input);
    ctx.records.put(groups, row.name, { ...row, key: undefined });
    return {};
  },
};

function encrypted(input: Named, ctx: Context): Promise<ResourceRef> {
  return groupResource({ logGroupName: nameIn(ctx, input) }, ctx);
}

function groupOf(ctx: Context, input: Named): Promise<GroupRow> {
  return ownGroup(ctx, nameIn(ctx, input));
}

/** A group by name, or by the ARN that queries of its results have too. @throws ServiceError InvalidParameterException */
function nameIn(ctx: Context, { logGroupName, resourceIdentifier }: Named): string {
  if ((logGroupName === undefined) === (resourceIdentifier === undefined))
    throw invalid('Specify either logGroupName or resourceIdentifier.');
  if (logGroupName !== undefined) return logGroupName;
  const reference = readGroup(resourceIdentifier ?? '');
  if (reference?.account === undefined)
    throw invalid('Encryption of query results is not supported: there are no queries.');
  if (reference.account !== ctx.account || reference.region !== ctx.region)
    throw invalid('The specified resource identifier is not valid.');
  return reference.name;
}
