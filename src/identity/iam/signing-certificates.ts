import { X509Certificate } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { base32Of } from './entity-ids.ts';
import { claim, type Owner, ownerNamed, userResource } from './owner.ts';
import { pageOfList } from './page.ts';
import { type SigningCertificateRow, signingCertificates } from './records-users.ts';
import { overQuota, settableStatus } from './refusals.ts';

/** Certificates of one user (IAM quotas). */
const maxCertificates = 2;

export const UploadSigningCertificate: Operation<'UploadSigningCertificate'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName, CertificateBody: body }, ctx) => {
    const owner = await ownerNamed(ctx, UserName);
    const digest = digestOf(body, ctx.now);
    const existing = await certificatesOf(ctx, owner);
    if (existing.some((row) => row.digest === digest)) {
      throw new ServiceError('DuplicateCertificateException', 'The certificate is already associated with the user.');
    }
    if (existing.length >= maxCertificates) throw overQuota('CertificatesPerUser', maxCertificates);
    await claim(ctx, owner);
    const row: SigningCertificateRow = {
      certificateId: base32Of(ctx.random(32)),
      ownerId: owner.ownerId,
      body,
      digest,
      status: 'Active',
      uploadDate: ctx.now,
    };
    ctx.records.create(signingCertificates, row.certificateId, row);
    return { Certificate: present(owner, row) };
  },
};

export const ListSigningCertificates: Operation<'ListSigningCertificates'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async (input, ctx) => {
    const owner = await ownerNamed(ctx, input.UserName);
    const { rows, end } = pageOfList(await certificatesOf(ctx, owner), input, ({ certificateId }) => certificateId);
    return { Certificates: rows.map((row) => present(owner, row)), ...end };
  },
};

export const UpdateSigningCertificate: Operation<'UpdateSigningCertificate'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName, CertificateId, Status }, ctx) => {
    const row = await certificateOf(ctx, await ownerNamed(ctx, UserName), CertificateId);
    ctx.records.put(signingCertificates, row.certificateId, { ...row, status: settableStatus(Status) });
    return {};
  },
};

export const DeleteSigningCertificate: Operation<'DeleteSigningCertificate'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName, CertificateId }, ctx) => {
    const row = await certificateOf(ctx, await ownerNamed(ctx, UserName), CertificateId);
    ctx.records.delete(signingCertificates, row.certificateId);
    return {};
  },
};

/** In order of their ids. */
export async function certificatesOf(
  ctx: Context,
  { ownerId }: Pick<Owner, 'ownerId'>,
): Promise<readonly SigningCertificateRow[]> {
  return (await ctx.records.listIndex(signingCertificates, 'by-owner', { equals: ownerId })).map(({ value }) => value);
}

async function certificateOf(ctx: Context, { ownerId }: Owner, id: string): Promise<SigningCertificateRow> {
  const row = await ctx.records.get(signingCertificates, id);
  if (row?.ownerId === ownerId) return row;
  throw new ServiceError('NoSuchEntityException', `The Certificate with id ${id} cannot be found.`);
}

/** @returns SHA-256 of the certificate. @throws ServiceError MalformedCertificate, InvalidCertificate when it has expired */
function digestOf(pem: string, now: number): string {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw new ServiceError(
      'MalformedCertificateException',
      'Unable to parse certificate. Please ensure the certificate is in PEM format.',
    );
  }
  if (certificate.validToDate.getTime() <= now)
    throw new ServiceError('InvalidCertificateException', 'The certificate has expired.');
  return certificate.fingerprint256;
}

function present({ user }: Owner, { certificateId, body, status, uploadDate }: SigningCertificateRow) {
  return {
    UserName: user?.userName,
    CertificateId: certificateId,
    CertificateBody: body,
    Status: status,
    UploadDate: new Date(uploadDate),
  };
}
