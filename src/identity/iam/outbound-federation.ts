import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { issuerPath, newIssuerKeys, type OutboundIssuerRow, outboundIssuers } from './outbound-issuer.ts';

export const EnableOutboundWebIdentityFederation: Operation<'EnableOutboundWebIdentityFederation'> = {
  resource: () => '*',
  handle: async (_input, ctx) => {
    const known = await ctx.records.get(outboundIssuers, ctx.account);
    if (known?.enabled === true) {
      throw new ServiceError(
        'FeatureEnabledException',
        'Outbound web identity federation is already enabled for your account.',
      );
    }
    // Enabled again, the account keeps its name and keys; what it is reached by may have changed meanwhile.
    const issuerId = known?.issuerId ?? ctx.uuid();
    const row: OutboundIssuerRow = {
      accountId: ctx.account,
      issuerId,
      url: `${originOf(ctx)}${issuerPath}${issuerId}`,
      enabled: true,
      createDate: known?.createDate ?? ctx.now,
      keys: known?.keys ?? (await newIssuerKeys()),
    };
    ctx.records.put(outboundIssuers, ctx.account, row);
    return { IssuerIdentifier: row.url };
  },
};

export const DisableOutboundWebIdentityFederation: Operation<'DisableOutboundWebIdentityFederation'> = {
  resource: () => '*',
  handle: async (_input, ctx) => {
    ctx.records.put(outboundIssuers, ctx.account, { ...(await enabledIssuer(ctx)), enabled: false });
    return {};
  },
};

export const GetOutboundWebIdentityFederationInfo: Operation<'GetOutboundWebIdentityFederationInfo'> = {
  resource: () => '*',
  handle: async (_input, ctx) => {
    const { url, enabled } = await enabledIssuer(ctx);
    return { IssuerIdentifier: url, JwtVendingEnabled: enabled };
  },
};

/** @throws ServiceError FeatureDisabled */
async function enabledIssuer(ctx: Context): Promise<OutboundIssuerRow> {
  const row = await ctx.records.get(outboundIssuers, ctx.account);
  if (row?.enabled === true) return row;
  throw new ServiceError('FeatureDisabledException', 'Outbound web identity federation is disabled for your account.');
}

/** The server under the name that the caller knows, which the signature covers: relying parties find the issuer under the same. */
function originOf({ request }: Context): string {
  return `${request.tls === undefined ? 'http' : 'https'}://${request.host}`;
}
