import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import { readMetadata } from '../saml/metadata.ts';
import type { Operation } from './api.ts';
import { base32Of } from './entity-ids.ts';
import { type SamlProviderRow, samlProviders } from './records-roles.ts';
import { invalid } from './refusals.ts';
import { addTags, removeTags, tagList, tagPage } from './tags.ts';

/** A provider whose metadata does not end is shown to be valid for a hundred years, as AWS shows it. */
const endlessMs = 100 * 365.25 * 86_400_000;

export const CreateSAMLProvider: Operation<'CreateSAMLProvider'> = {
  action: ({ Tags }) =>
    Tags === undefined || Tags.length === 0
      ? 'iam:CreateSAMLProvider'
      : ['iam:CreateSAMLProvider', 'iam:TagSAMLProvider'],
  resource: ({ Name }, ctx) => providerArn(ctx, Name),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async (input, ctx) => {
    refuseEncryption(input);
    const { Name: name, SAMLMetadataDocument: metadata } = input;
    if ((await ctx.records.get(samlProviders, name)) !== undefined) {
      throw new ServiceError('EntityAlreadyExistsException', `SAML provider with name ${name} already exists.`);
    }
    const row: SamlProviderRow = {
      arn: providerArn(ctx, name),
      name,
      uuid: `SAMLSP${base32Of(ctx.random(16))}`,
      metadata,
      validUntil: checkMetadata(ctx, metadata),
      createDate: ctx.now,
      tags: addTags({}, input.Tags, 'SAMLProvider'),
    };
    ctx.records.create(samlProviders, name, row);
    const tags = tagList(row.tags);
    return { SAMLProviderArn: row.arn, ...(tags.length === 0 ? {} : { Tags: tags }) };
  },
};

export const GetSAMLProvider: Operation<'GetSAMLProvider'> = {
  resource: ({ SAMLProviderArn }, ctx) => providerResource(ctx, SAMLProviderArn),
  handle: async ({ SAMLProviderArn }, ctx) => {
    const row = await providerOfArn(ctx, SAMLProviderArn);
    return {
      SAMLProviderUUID: row.uuid,
      SAMLMetadataDocument: row.metadata,
      CreateDate: new Date(row.createDate),
      ValidUntil: new Date(row.validUntil),
      Tags: tagList(row.tags),
    };
  },
};

export const ListSAMLProviders: Operation<'ListSAMLProviders'> = {
  resource: () => '*',
  handle: async (_input, ctx) => {
    const listed = await ctx.records.list(samlProviders);
    return {
      SAMLProviderList: listed.map(({ value }) => ({
        Arn: value.arn,
        ValidUntil: new Date(value.validUntil),
        CreateDate: new Date(value.createDate),
      })),
    };
  },
};

export const UpdateSAMLProvider: Operation<'UpdateSAMLProvider'> = {
  resource: ({ SAMLProviderArn }, ctx) => providerResource(ctx, SAMLProviderArn),
  handle: async (input, ctx) => {
    refuseEncryption(input);
    const row = await providerOfArn(ctx, input.SAMLProviderArn);
    const { SAMLMetadataDocument: metadata } = input;
    if (metadata !== undefined) {
      ctx.records.put(samlProviders, row.name, { ...row, metadata, validUntil: checkMetadata(ctx, metadata) });
    }
    return { SAMLProviderArn: row.arn };
  },
};

export const DeleteSAMLProvider: Operation<'DeleteSAMLProvider'> = {
  resource: ({ SAMLProviderArn }, ctx) => providerResource(ctx, SAMLProviderArn),
  handle: async ({ SAMLProviderArn }, ctx) => {
    const row = await providerOfArn(ctx, SAMLProviderArn);
    ctx.records.delete(samlProviders, row.name);
    return {};
  },
};

export const TagSAMLProvider: Operation<'TagSAMLProvider'> = {
  resource: ({ SAMLProviderArn }, ctx) => providerResource(ctx, SAMLProviderArn),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async ({ SAMLProviderArn, Tags }, ctx) => {
    const row = await providerOfArn(ctx, SAMLProviderArn);
    ctx.records.put(samlProviders, row.name, { ...row, tags: addTags(row.tags, Tags, 'SAMLProvider') });
    return {};
  },
};

export const UntagSAMLProvider: Operation<'UntagSAMLProvider'> = {
  resource: ({ SAMLProviderArn }, ctx) => providerResource(ctx, SAMLProviderArn),
  conditions: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),
  handle: async ({ SAMLProviderArn, TagKeys }, ctx) => {
    const row = await providerOfArn(ctx, SAMLProviderArn);
    ctx.records.put(samlProviders, row.name, { ...row, tags: removeTags(row.tags, TagKeys) });
    return {};
  },
};

export const ListSAMLProviderTags: Operation<'ListSAMLProviderTags'> = {
  resource: ({ SAMLProviderArn }, ctx) => providerResource(ctx, SAMLProviderArn),
  handle: async (input, ctx) => tagPage((await providerOfArn(ctx, input.SAMLProviderArn)).tags, input),
};

/** @returns how long the metadata is valid, in ms since the epoch. @throws ServiceError InvalidInput */
function checkMetadata(ctx: Context, text: string): number {
  const metadata = readMetadata(text);
  if (metadata === undefined) throw new ServiceError('InvalidInputException', 'Could not parse metadata');
  const { validUntil = ctx.now + endlessMs } = metadata;
  if (validUntil <= ctx.now) throw new ServiceError('InvalidInputException', 'The metadata document has expired.');
  return validUntil;
}

/** A mode that cannot be kept is refused, not stored: an assertion sent in clear must not pass for one that had to be encrypted. */
function refuseEncryption(input: {
  readonly AssertionEncryptionMode?: unknown;
  readonly AddPrivateKey?: unknown;
  readonly RemovePrivateKey?: unknown;
}): void {
  if (
    input.AssertionEncryptionMode === undefined &&
    input.AddPrivateKey === undefined &&
    input.RemovePrivateKey === undefined
  )
    return;
  throw new ServiceError('InvalidInputException', 'Encrypted SAML assertions are not supported.');
}

function providerArn({ account }: Context, name: string): string {
  return `arn:aws:iam::${account}:saml-provider/${name}`;
}

/** @throws ServiceError ValidationError */
function nameOfArn({ account }: Context, arn: string): string {
  const match = /^arn:aws[a-z-]*:iam::(\d{12}):saml-provider\/([^/]+)$/.exec(arn);
  if (match === null) throw invalid('Invalid ARN:  Could not be parsed!');
  return match[1] === account ? (match[2] ?? '') : '';
}

/** @throws ServiceError NoSuchEntity, ValidationError */
async function providerOfArn(ctx: Context, arn: string): Promise<SamlProviderRow> {
  const row = await ctx.records.get(samlProviders, nameOfArn(ctx, arn));
  if (row === undefined) throw new ServiceError('NoSuchEntityException', `Manifest not found for arn ${arn}`);
  return row;
}

async function providerResource(ctx: Context, arn: string): Promise<ResourceRef> {
  const row = await ctx.records.get(samlProviders, nameOfArn(ctx, arn));
  ctx.audit([{ arn, type: 'AWS::IAM::SAMLProvider', account: ctx.account }]);
  // The provider's own ARN: one of another partition finds it too, and policies must not miss it.
  return { arn: row?.arn ?? arn, account: ctx.account, tags: row?.tags };
}
