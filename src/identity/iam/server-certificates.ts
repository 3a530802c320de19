import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { newEntityId } from './entity-ids.ts';
import { pageOfRows } from './page.ts';
import { type ServerCertificateRow, serverCertificates } from './records-roles.ts';
import { addTags, removeTags, tagList, tagPage } from './tags.ts';

export const UploadServerCertificate: Operation<'UploadServerCertificate'> = {
  action: ({ Tags }) =>
    Tags === undefined || Tags.length === 0
      ? 'iam:UploadServerCertificate'
      : ['iam:UploadServerCertificate', 'iam:TagServerCertificate'],
  resource: ({ ServerCertificateName, Path = '/' }, ctx) => certificateArn(ctx, Path, ServerCertificateName),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async (input, ctx) => {
    const { ServerCertificateName: name, Path: path = '/', CertificateChain: chain } = input;
    const id = name.toLowerCase();
    if ((await ctx.records.get(serverCertificates, id)) !== undefined) throw taken(name);
    const certificate = certificateIn(input.CertificateBody);
    for (const link of pemBlocks(chain ?? '')) certificateIn(link);
    if (!certificate.checkPrivateKey(privateKeyIn(input.PrivateKey))) {
      throw new ServiceError(
        'KeyPairMismatchException',
        'The public key certificate and the private key do not match.',
      );
    }
    const row: ServerCertificateRow = {
      certificateName: name,
      certificateId: newEntityId(ctx, 'ASCA'),
      path,
      arn: certificateArn(ctx, path, name),
      uploadDate: ctx.now,
      expiration: Date.parse(certificate.validTo),
      body: input.CertificateBody.trim(),
      chain: chain?.trim(),
      privateKey: input.PrivateKey,
      tags: addTags({}, input.Tags, 'ServerCertificate'),
    };
    ctx.records.create(serverCertificates, id, row);
    const tags = tagList(row.tags);
    return { ServerCertificateMetadata: metadata(row), ...(tags.length === 0 ? {} : { Tags: tags }) };
  },
};

export const GetServerCertificate: Operation<'GetServerCertificate'> = {
  resource: ({ ServerCertificateName }, ctx) => certificateResource(ctx, ServerCertificateName),
  handle: async ({ ServerCertificateName }, ctx) => {
    const row = await certificateNamed(ctx, ServerCertificateName);
    return {
      ServerCertificate: {
        ServerCertificateMetadata: metadata(row),
        CertificateBody: row.body,
        ...(row.chain === undefined ? {} : { CertificateChain: row.chain }),
        Tags: tagList(row.tags),
      },
    };
  },
};

export const ListServerCertificates: Operation<'ListServerCertificates'> = {
  resource: ({ PathPrefix = '/' }, ctx) => certificateArn(ctx, PathPrefix, ''),
  handle: async (input, ctx) => {
    const { rows, end } = await pageOfRows(ctx, serverCertificates, input, ({ path }) =>
      path.startsWith(input.PathPrefix ?? '/'),
    );
    return { ServerCertificateMetadataList: rows.map(metadata), ...end };
  },
};

export const UpdateServerCertificate: Operation<'UpdateServerCertificate'> = {
  resource: async ({ ServerCertificateName: name, NewServerCertificateName: to, NewPath: path }, ctx) => {
    const found = await certificateResource(ctx, name);
    // Both names are asked for, as with renamed users.
    if (to === undefined && path === undefined) return found;
    const row = await ctx.records.get(serverCertificates, name.toLowerCase());
    return [found, { arn: certificateArn(ctx, path ?? row?.path ?? '/', to ?? name) }];
  },
  handle: async ({ ServerCertificateName, NewServerCertificateName, NewPath }, ctx) => {
    const row = await certificateNamed(ctx, ServerCertificateName);
    const from = row.certificateName.toLowerCase();
    const certificateName = NewServerCertificateName ?? row.certificateName;
    const path = NewPath ?? row.path;
    const to = certificateName.toLowerCase();
    if (to !== from) {
      if ((await ctx.records.get(serverCertificates, to)) !== undefined) throw taken(certificateName);
      ctx.records.delete(serverCertificates, from);
    }
    ctx.records.put(serverCertificates, to, {
      ...row,
      certificateName,
      path,
      arn: certificateArn(ctx, path, certificateName),
    });
    return {};
  },
};

export const DeleteServerCertificate: Operation<'DeleteServerCertificate'> = {
  resource: ({ ServerCertificateName }, ctx) => certificateResource(ctx, ServerCertificateName),
  handle: async ({ ServerCertificateName }, ctx) => {
    const row = await certificateNamed(ctx, ServerCertificateName);
    ctx.records.delete(serverCertificates, row.certificateName.toLowerCase());
    return {};
  },
};

export const TagServerCertificate: Operation<'TagServerCertificate'> = {
  resource: ({ ServerCertificateName }, ctx) => certificateResource(ctx, ServerCertificateName),
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async ({ ServerCertificateName, Tags }, ctx) => {
    const row = await certificateNamed(ctx, ServerCertificateName);
    const tags = addTags(row.tags, Tags, 'ServerCertificate');
    ctx.records.put(serverCertificates, row.certificateName.toLowerCase(), { ...row, tags });
    return {};
  },
};

export const UntagServerCertificate: Operation<'UntagServerCertificate'> = {
  resource: ({ ServerCertificateName }, ctx) => certificateResource(ctx, ServerCertificateName),
  conditions: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),
  handle: async ({ ServerCertificateName, TagKeys }, ctx) => {
    const row = await certificateNamed(ctx, ServerCertificateName);
    ctx.records.put(serverCertificates, row.certificateName.toLowerCase(), {
      ...row,
      tags: removeTags(row.tags, TagKeys),
    });
    return {};
  },
};

export const ListServerCertificateTags: Operation<'ListServerCertificateTags'> = {
  resource: ({ ServerCertificateName }, ctx) => certificateResource(ctx, ServerCertificateName),
  handle: async (input, ctx) => tagPage((await certificateNamed(ctx, input.ServerCertificateName)).tags, input),
};

/** @throws ServiceError MalformedCertificate */
function certificateIn(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new ServiceError(
      'MalformedCertificateException',
      'Unable to parse certificate. Please ensure the certificate is in PEM format.',
    );
  }
}

/** @throws ServiceError MalformedCertificate for what is no unencrypted PEM key */
function privateKeyIn(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new ServiceError(
      'MalformedCertificateException',
      'Invalid Private Key. Please ensure the private key is in PEM format.',
    );
  }
}

function pemBlocks(text: string): readonly string[] {
  if (text.trim() === '') return [];
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [text];
}

/** @throws ServiceError NoSuchEntity */
async function certificateNamed(ctx: Context, name: string): Promise<ServerCertificateRow> {
  const row = await ctx.records.get(serverCertificates, name.toLowerCase());
  if (row === undefined) {
    throw new ServiceError('NoSuchEntityException', `The Server Certificate with name ${name} cannot be found.`);
  }
  return row;
}

async function certificateResource(ctx: Context, name: string): Promise<ResourceRef> {
  const row = await ctx.records.get(serverCertificates, name.toLowerCase());
  const arn = row?.arn ?? certificateArn(ctx, '/', name);
  ctx.audit([{ arn, type: 'AWS::IAM::ServerCertificate', account: ctx.account }]);
  return { arn, tags: row?.tags };
}

function certificateArn({ account }: Context, path: string, name: string): string {
  return `arn:aws:iam::${account}:server-certificate${path}${name}`;
}

function taken(name: string): ServiceError {
  return new ServiceError('EntityAlreadyExistsException', `The Server Certificate with name ${name} already exists.`);
}

function metadata(row: ServerCertificateRow) {
  return {
    Path: row.path,
    ServerCertificateName: row.certificateName,
    ServerCertificateId: row.certificateId,
    Arn: row.arn,
    UploadDate: new Date(row.uploadDate),
    Expiration: new Date(row.expiration),
  };
}
