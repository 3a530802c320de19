import type { Operation } from './api.ts';
import { accountRow } from './owner.ts';
import { accounts } from './records.ts';

/** Which tokens the global endpoint gives. Ringwall's tokens are valid in every region either way; `GetAccountSummary` shows the choice. */
export const SetSecurityTokenServicePreferences: Operation<'SetSecurityTokenServicePreferences'> = {
  resource: () => '*',
  handle: async ({ GlobalEndpointTokenVersion }, ctx) => {
    const row = await accountRow(ctx);
    ctx.records.put(accounts, row.accountId, {
      ...row,
      settings: { ...row.settings, globalEndpointTokenVersion: GlobalEndpointTokenVersion },
    });
    return {};
  },
};
