import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { type OpenIdProviderRow, openIdProviders } from './records-roles.ts';
import { invalid, overQuota } from './refusals.ts';
import { addTags, removeTags, tagList, tagPage } from './tags.ts';

/** Client ids and thumbprints that one provider takes (IAM quotas). */
const maxClientIds = 100;
const maxThumbprints = 5;

export const CreateOpenIDConnectProvider: Operation<'CreateOpenIDConnectProvider'> = {
  action: ({ Tags }) =>
    Tags === undefined || Tags.length === 0
      ? 'iam:CreateOpenIDConnectProvider'
      : ['iam:CreateOpenIDConnectProvider', 'iam:TagOpenIDConnectProvider'],
  resource: ({ Url }, ctx) => providerArn(ctx, issuerIn(Url)),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async ({ Url, ClientIDList = [], ThumbprintList = [], Tags }, ctx) => {
    const issuer = issuerIn(Url);
    if ((await ctx.records.get(openIdProviders, issuer)) !== undefined) {
      throw new ServiceError('EntityAlreadyExistsException', `Provider with url ${Url} already exists.`);
    }
    const row: OpenIdProviderRow = {
      arn: providerArn(ctx, issuer),
      issuer,
      url: Url,
      clientIds: checkClientIds(ClientIDList),
      thumbprints: checkThumbprints(ThumbprintList),
      createDate: ctx.now,
      tags: addTags({}, Tags, 'OpenIdConnectProvider'),
    };
    ctx.records.create(openIdProviders, issuer, row);
    const tags = tagList(row.tags);
    return { OpenIDConnectProviderArn: row.arn, ...(tags.length === 0 ? {} : { Tags: tags }) };
  },
};

export const GetOpenIDConnectProvider: Operation<'GetOpenIDConnectProvider'> = {
  resource: ({ OpenIDConnectProviderArn }, ctx) => providerResource(ctx, OpenIDConnectProviderArn),
  handle: async ({ OpenIDConnectProviderArn }, ctx) => {
    const row = await providerOfArn(ctx, OpenIDConnectProviderArn);
    return {
      Url: row.issuer,
      ClientIDList: [...row.clientIds],
      ThumbprintList: [...row.thumbprints],
      CreateDate: new Date(row.createDate),
      Tags: tagList(row.tags),
    };
  },
};

export const ListOpenIDConnectProviders: Operation<'ListOpenIDConnectProviders'> = {
  resource: () => '*',
  handle: async (_input, ctx) => {
    const listed = await ctx.records.list(openIdProviders);
    return { OpenIDConnectProviderList: listed.map(({ value }) => ({ Arn: value.arn })) };
  },
};

export const DeleteOpenIDConnectProvider: Operation<'DeleteOpenIDConnectProvider'> = {
  resource: ({ OpenIDConnectProviderArn }, ctx) => providerResource(ctx, OpenIDConnectProviderArn),
  handle: async ({ OpenIDConnectProviderArn }, ctx) => {
    // As in AWS, deleting what is not there is no error.
    const issuer = issuerOfArn(ctx, OpenIDConnectProviderArn);
    if ((await ctx.records.get(openIdProviders, issuer)) !== undefined) ctx.records.delete(openIdProviders, issuer);
    return {};
  },
};

export const AddClientIDToOpenIDConnectProvider: Operation<'AddClientIDToOpenIDConnectProvider'> = {
  resource: ({ OpenIDConnectProviderArn }, ctx) => providerResource(ctx, OpenIDConnectProviderArn),
  handle: async ({ OpenIDConnectProviderArn, ClientID }, ctx) => {
    const row = await providerOfArn(ctx, OpenIDConnectProviderArn);
    ctx.records.put(openIdProviders, row.issuer, {
      ...row,
      clientIds: checkClientIds([...new Set([...row.clientIds, ClientID])]),
    });
    return {};
  },
};

export const RemoveClientIDFromOpenIDConnectProvider: Operation<'RemoveClientIDFromOpenIDConnectProvider'> = {
  resource: ({ OpenIDConnectProviderArn }, ctx) => providerResource(ctx, OpenIDConnectProviderArn),
  handle: async ({ OpenIDConnectProviderArn, ClientID }, ctx) => {
    const row = await providerOfArn(ctx, OpenIDConnectProviderArn);
    ctx.records.put(openIdProviders, row.issuer, { ...row, clientIds: row.clientIds.filter((id) => id !== ClientID) });
    return {};
  },
};

export const UpdateOpenIDConnectProviderThumbprint: Operation<'UpdateOpenIDConnectProviderThumbprint'> = {
  resource: ({ OpenIDConnectProviderArn }, ctx) => providerResource(ctx, OpenIDConnectProviderArn),
  handle: async ({ OpenIDConnectProviderArn, ThumbprintList }, ctx) => {
    const row = await providerOfArn(ctx, OpenIDConnectProviderArn);
    ctx.records.put(openIdProviders, row.issuer, { ...row, thumbprints: checkThumbprints(ThumbprintList) });
    return {};
  },
};

export const TagOpenIDConnectProvider: Operation<'TagOpenIDConnectProvider'> = {
  resource: ({ OpenIDConnectProviderArn }, ctx) => providerResource(ctx, OpenIDConnectProviderArn),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async ({ OpenIDConnectProviderArn, Tags }, ctx) => {
    const row = await providerOfArn(ctx, OpenIDConnectProviderArn);
    ctx.records.put(openIdProviders, row.issuer, { ...row, tags: addTags(row.tags, Tags, 'OpenIdConnectProvider') });
    return {};
  },
};

export const UntagOpenIDConnectProvider: Operation<'UntagOpenIDConnectProvider'> = {
  resource: ({ OpenIDConnectProviderArn }, ctx) => providerResource(ctx, OpenIDConnectProviderArn),
  conditions: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),
  handle: async ({ OpenIDConnectProviderArn, TagKeys }, ctx) => {
    const row = await providerOfArn(ctx, OpenIDConnectProviderArn);
    ctx.records.put(openIdProviders, row.issuer, { ...row, tags: removeTags(row.tags, TagKeys) });
    return {};
  },
};

export const ListOpenIDConnectProviderTags: Operation<'ListOpenIDConnectProviderTags'> = {
  resource: ({ OpenIDConnectProviderArn }, ctx) => providerResource(ctx, OpenIDConnectProviderArn),
  handle: async (input, ctx) => tagPage((await providerOfArn(ctx, input.OpenIDConnectProviderArn)).tags, input),
};

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The issuer without its scheme. Plain http is taken from this host alone. @throws ServiceError ValidationError */
function issuerIn(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid('Invalid Open ID Connect Provider URL');
  }
  const safe = url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname));
  if (!safe || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw invalid('Invalid Open ID Connect Provider URL');
  }
  return text.slice(text.indexOf('//') + 2).replace(/\/$/, '');
}

function checkClientIds(ids: readonly string[]): readonly string[] {
  if (ids.length > maxClientIds) throw overQuota('ClientIdsPerOpenIdConnectProvider', maxClientIds);
  return [...ids];
}

function checkThumbprints(thumbprints: readonly string[]): readonly string[] {
  if (thumbprints.length > maxThumbprints) {
    throw new ServiceError(
      'InvalidInputException',
      `Thumbprint list must contain fewer than ${maxThumbprints} entries.`,
    );
  }
  if (thumbprints.some((thumbprint) => !/^[0-9a-fA-F]{40}$/.test(thumbprint))) {
    throw new ServiceError('InvalidInputException', 'Thumbprints must be hexadecimal.');
  }
  return [...thumbprints];
}

function providerArn({ account }: Context, issuer: string): string {
  return `arn:aws:iam::${account}:oidc-provider/${issuer}`;
}

/** @throws ServiceError ValidationError */
function issuerOfArn({ account }: Context, arn: string): string {
  const prefix = `arn:aws:iam::${account}:oidc-provider/`;
  if (!/^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/.+$/.test(arn)) throw invalid('Invalid ARN:  Could not be parsed!');
  return arn.startsWith(prefix) ? arn.slice(prefix.length) : '';
}

/** @throws ServiceError NoSuchEntity, ValidationError */
async function providerOfArn(ctx: Context, arn: string): Promise<OpenIdProviderRow> {
  const row = await ctx.records.get(openIdProviders, issuerOfArn(ctx, arn));
  if (row === undefined)
    throw new ServiceError('NoSuchEntityException', `OpenIDConnect Provider not found for arn ${arn}`);
  return row;
}

async function providerResource(ctx: Context, arn: string): Promise<ResourceRef> {
  const row = await ctx.records.get(openIdProviders, issuerOfArn(ctx, arn));
  ctx.audit([{ arn, type: 'AWS::IAM::OIDCProvider', account: ctx.account }]);
  return { arn, account: ctx.account, tags: row?.tags };
}
