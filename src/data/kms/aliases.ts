import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { callerKeys, keyResource, notFound, openOwnKey, readOwnKey } from './access.ts';
import { failure, invalid, type Operation, refuse } from './api.ts';
import { checkAliasName } from './engine/alias-names.ts';
import { aliasArn, aliasNotFound, keyArn } from './engine/identifiers.ts';
import { specFacts } from './engine/key-specs.ts';
import { pageOf } from './page.ts';
import { type AliasRow, aliases, type KeyRow, keys } from './records.ts';

/** Aliases per key: service quota. */
const MAX_ALIASES = 50;

export const CreateAlias: Operation<'CreateAlias'> = {
  resource: async ({ AliasName, TargetKeyId }, ctx) => [
    aliasResource(ctx, AliasName),
    await keyResource(ctx, TargetKeyId),
  ],
  handle: async ({ AliasName, TargetKeyId }, ctx) => {
    refuse(checkAliasName(AliasName));
    const { row, records } = await openOwnKey(ctx, TargetKeyId);
    if ((await records.get(aliases, AliasName)) !== undefined) {
      const arn = aliasArn(ctx.account, ctx.region, AliasName);
      throw failure('AlreadyExistsException', `An alias with the name ${arn} already exists`);
    }
    records.create(aliases, AliasName, { keyId: row.keyId, created: ctx.now, updated: ctx.now });
    attach(ctx, row, AliasName);
    return {};
  },
};

export const UpdateAlias: Operation<'UpdateAlias'> = {
  resource: async ({ AliasName, TargetKeyId }, ctx) => {
    const found = await ctx.records.get(aliases, AliasName);
    const current = found === undefined ? [] : [await keyResource(ctx, found.keyId)];
    return [aliasResource(ctx, AliasName), ...current, await keyResource(ctx, TargetKeyId)];
  },
  handle: async ({ AliasName, TargetKeyId }, ctx) => {
    refuse(checkAliasName(AliasName));
    const alias = await ownAlias(ctx, AliasName);
    const { row } = await openOwnKey(ctx, TargetKeyId);
    const current = await ctx.records.get(keys, alias.keyId);
    if (current !== undefined && current.keyId !== row.keyId) {
      checkSameKind(current, row);
      ctx.records.put(keys, current.keyId, {
        ...current,
        aliases: current.aliases.filter((name) => name !== AliasName),
      });
      attach(ctx, row, AliasName);
    }
    ctx.records.put(aliases, AliasName, { keyId: row.keyId, created: alias.created, updated: ctx.now });
    return {};
  },
};

export const DeleteAlias: Operation<'DeleteAlias'> = {
  resource: async ({ AliasName }, ctx) => {
    const found = await ctx.records.get(aliases, AliasName);
    const key = found === undefined ? [] : [await keyResource(ctx, found.keyId)];
    return [aliasResource(ctx, AliasName), ...key];
  },
  handle: async ({ AliasName }, ctx) => {
    refuse(checkAliasName(AliasName));
    const { keyId } = await ownAlias(ctx, AliasName);
    const row = await ctx.records.get(keys, keyId);
    if (row !== undefined) {
      ctx.records.put(keys, keyId, { ...row, aliases: row.aliases.filter((name) => name !== AliasName) });
    }
    ctx.records.delete(aliases, AliasName);
    return {};
  },
};

export const ListAliases: Operation<'ListAliases'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const keyId = input.KeyId === undefined ? undefined : (await readOwnKey(ctx, input.KeyId)).row.keyId;
    const { entries, ...place } = await pageOf<AliasRow>(input, 50, (after, limit) => {
      if (keyId === undefined) return ctx.records.list(aliases, { limit, ...(after === undefined ? {} : { after }) });
      const from = after === undefined ? {} : { after: { key: keyId, id: after } };
      return ctx.records.listIndex(aliases, 'by-key', { equals: keyId, limit, ...from });
    });
    return {
      Aliases: entries.map(({ id, value }) => ({
        AliasName: id,
        AliasArn: aliasArn(ctx.account, ctx.region, id),
        TargetKeyId: value.keyId,
        CreationDate: new Date(value.created),
        LastUpdatedDate: new Date(value.updated),
      })),
      ...place,
    };
  },
};

function aliasResource(ctx: Context, alias: string): ResourceRef {
  const arn = aliasArn(ctx.account, ctx.region, alias);
  ctx.audit([{ arn, type: 'AWS::KMS::Alias', account: ctx.account }]);
  return { arn, account: ctx.account, conditions: callerKeys(ctx) };
}

async function ownAlias(ctx: Context, alias: string): Promise<AliasRow> {
  const found = await ctx.records.get(aliases, alias);
  if (found === undefined) throw notFound(aliasNotFound(aliasArn(ctx.account, ctx.region, alias)).message);
  return found;
}

function attach(ctx: Context, row: KeyRow, alias: string): void {
  if (row.aliases.length >= MAX_ALIASES) {
    const arn = keyArn(row.account, row.region, row.keyId);
    throw failure('LimitExceededException', `The key ${arn} has the most aliases a key can have (${MAX_ALIASES}).`);
  }
  ctx.records.put(keys, row.keyId, { ...row, aliases: [...row.aliases, alias] });
}

/** An alias stays with keys of one kind and usage, so that code which uses it keeps working (API model, UpdateAlias). */
function checkSameKind(current: KeyRow, target: KeyRow): void {
  const kind = (row: KeyRow) => {
    const { family } = specFacts(row.spec);
    return family === 'symmetric' || family === 'hmac' ? family : 'asymmetric';
  };
  if (kind(current) !== kind(target) || current.usage !== target.usage) {
    throw invalid('Aliases can be updated to point to keys of the same key type and key usage only.');
  }
}
