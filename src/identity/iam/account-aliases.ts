import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { accountRow } from './owner.ts';
import { pageOfList } from './page.ts';
import { accounts } from './records.ts';
import { alreadyExists } from './refusals.ts';

/** An account has one alias; a new one takes the place of the old. No two accounts share one. */
export const CreateAccountAlias: Operation<'CreateAccountAlias'> = {
  resource: () => '*',
  handle: async ({ AccountAlias: alias }, ctx) => {
    for (const { value } of await ctx.records.list(accounts)) {
      if (value.aliases.includes(alias)) throw alreadyExists(`The account alias ${alias}`);
    }
    ctx.records.put(accounts, ctx.account, { ...(await accountRow(ctx)), aliases: [alias] });
    return {};
  },
};

export const DeleteAccountAlias: Operation<'DeleteAccountAlias'> = {
  resource: () => '*',
  handle: async ({ AccountAlias: alias }, ctx) => {
    const account = await accountRow(ctx);
    if (!account.aliases.includes(alias)) {
      throw new ServiceError('NoSuchEntityException', `The account alias ${alias} cannot be found.`);
    }
    ctx.records.put(accounts, ctx.account, { ...account, aliases: [] });
    return {};
  },
};

export const ListAccountAliases: Operation<'ListAccountAliases'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const { rows, end } = pageOfList((await accountRow(ctx)).aliases, input, (alias) => alias);
    return { AccountAliases: [...rows], ...end };
  },
};
