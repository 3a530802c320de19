import { createHash } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import type { Conditions } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { newEntityId } from './entity-ids.ts';
import { claim, type Owner, ownerNamed, userResource } from './owner.ts';
import { pageOfList, pageOfRows } from './page.ts';
import { users } from './records.ts';
import { type ServiceCredentialRow, serviceCredentials } from './records-users.ts';
import { invalid, overQuota, settableStatus } from './refusals.ts';

/** Credentials of one user for one service (`CreateServiceSpecificCredential`, API reference). */
const maxPerService = 2;

/** Services that take them: with a user name and password, or with an API key. */
const services: ReadonlyMap<string, 'password' | 'api-key'> = new Map([
  ['bedrock.amazonaws.com', 'api-key'],
  ['cassandra.amazonaws.com', 'password'],
  ['codecommit.amazonaws.com', 'password'],
  ['logs.amazonaws.com', 'api-key'],
]);

export const CreateServiceSpecificCredential: Operation<'CreateServiceSpecificCredential'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  conditions: ({ ServiceName, CredentialAgeDays: days }) => ({
    'iam:ServiceSpecificCredentialServiceName': ServiceName,
    'iam:ServiceSpecificCredentialAgeDays': days === undefined ? undefined : String(days),
  }),
  handle: async ({ UserName, ServiceName: serviceName, CredentialAgeDays: days }, ctx) => {
    const owner = await ownerNamed(ctx, UserName);
    const kind = kindOf(serviceName);
    if (days !== undefined && kind === 'password') throw invalid('CredentialAgeDays is valid for API keys only.');
    const existing = (await credentialsOf(ctx, owner)).filter((row) => row.serviceName === serviceName);
    if (existing.length >= maxPerService) throw overQuota('ServiceSpecificCredentialsPerUser', maxPerService);
    await claim(ctx, owner);
    const secret = newSecret(ctx);
    const row: ServiceCredentialRow = {
      credentialId: newEntityId(ctx, 'ACCA'),
      ownerId: owner.ownerId,
      serviceName,
      serviceUserName: kind === 'password' ? freeName(ctx, owner, existing) : undefined,
      alias: kind === 'api-key' ? freeName(ctx, owner, existing) : undefined,
      secretHash: hashOf(secret),
      status: 'Active',
      createDate: ctx.now,
      expirationDate: days === undefined ? undefined : ctx.now + days * 86_400_000,
    };
    ctx.records.create(serviceCredentials, row.credentialId, row);
    return { ServiceSpecificCredential: { ...present(owner.user?.userName, row), ...shownOnce(row, secret) } };
  },
};

export const ListServiceSpecificCredentials: Operation<'ListServiceSpecificCredentials'> = {
  resource: ({ UserName, AllUsers }, ctx) =>
    AllUsers === true ? `arn:aws:iam::${ctx.account}:user/` : userResource(ctx, UserName),
  handle: async (input, ctx) => {
    const { ServiceName: only, AllUsers: all, UserName } = input;
    if (all === true && UserName !== undefined) throw invalid('UserName cannot be specified together with AllUsers.');
    const owner = all === true ? undefined : await ownerNamed(ctx, UserName);
    if (only !== undefined) kindOf(only);
    const keep = (row: ServiceCredentialRow) => only === undefined || row.serviceName === only;
    if (owner === undefined) {
      const { rows, end } = await pageOfRows(ctx, serviceCredentials, input, keep);
      const shown = await Promise.all(rows.map(async (row) => present(await nameOf(ctx, row), row)));
      return { ServiceSpecificCredentials: shown, ...end };
    }
    const { rows, end } = pageOfList(
      (await credentialsOf(ctx, owner)).filter(keep),
      input,
      ({ credentialId }) => credentialId,
    );
    // AWS leaves the end of the list unmarked here.
    return {
      ServiceSpecificCredentials: rows.map((row) => present(owner.user?.userName, row)),
      ...(end.IsTruncated ? end : {}),
    };
  },
};

export const UpdateServiceSpecificCredential: Operation<'UpdateServiceSpecificCredential'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  conditions: serviceKey,
  handle: async ({ UserName, ServiceSpecificCredentialId, Status }, ctx) => {
    const row = await credentialOf(ctx, await ownerNamed(ctx, UserName), ServiceSpecificCredentialId);
    ctx.records.put(serviceCredentials, row.credentialId, { ...row, status: settableStatus(Status) });
    return {};
  },
};

export const ResetServiceSpecificCredential: Operation<'ResetServiceSpecificCredential'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  conditions: serviceKey,
  handle: async ({ UserName, ServiceSpecificCredentialId }, ctx) => {
    const owner = await ownerNamed(ctx, UserName);
    const row = await credentialOf(ctx, owner, ServiceSpecificCredentialId);
    const secret = newSecret(ctx);
    ctx.records.put(serviceCredentials, row.credentialId, { ...row, secretHash: hashOf(secret) });
    return { ServiceSpecificCredential: { ...present(owner.user?.userName, row), ...shownOnce(row, secret) } };
  },
};

export const DeleteServiceSpecificCredential: Operation<'DeleteServiceSpecificCredential'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  conditions: serviceKey,
  handle: async ({ UserName, ServiceSpecificCredentialId }, ctx) => {
    const row = await credentialOf(ctx, await ownerNamed(ctx, UserName), ServiceSpecificCredentialId);
    ctx.records.delete(serviceCredentials, row.credentialId);
    return {};
  },
};

async function serviceKey(
  { ServiceSpecificCredentialId: id }: { readonly ServiceSpecificCredentialId: string },
  ctx: Context,
): Promise<Conditions> {
  return { 'iam:ServiceSpecificCredentialServiceName': (await ctx.records.get(serviceCredentials, id))?.serviceName };
}

async function credentialsOf(ctx: Context, { ownerId }: Owner): Promise<readonly ServiceCredentialRow[]> {
  return (await ctx.records.listIndex(serviceCredentials, 'by-owner', { equals: ownerId })).map(({ value }) => value);
}

async function credentialOf(ctx: Context, { ownerId }: Owner, id: string): Promise<ServiceCredentialRow> {
  const row = await ctx.records.get(serviceCredentials, id);
  if (row?.ownerId === ownerId) return row;
  throw new ServiceError('NoSuchEntityException', `No such credential ${id} exists`);
}

/** @throws ServiceError NoSuchEntity */
function kindOf(serviceName: string): 'password' | 'api-key' {
  const kind = services.get(serviceName);
  if (kind !== undefined) return kind;
  throw new ServiceError(
    'NoSuchEntityException',
    `No such service ${serviceName} is supported for Service Specific Credentials`,
  );
}

/** `ann-at-111122223333`, the second one `ann+1-at-111122223333`. */
function freeName(ctx: Context, { user }: Owner, existing: readonly ServiceCredentialRow[]): string {
  const name = user?.userName ?? 'root';
  const first = `${name}-at-${ctx.account}`;
  const taken = existing.some((row) => row.serviceUserName === first || row.alias === first);
  return taken ? `${name}+1-at-${ctx.account}` : first;
}

/** 256 random bits: a plain hash of it is as good as a slow one. */
function newSecret(ctx: Context): string {
  return Buffer.from(ctx.random(32)).toString('base64');
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}

function shownOnce({ alias }: ServiceCredentialRow, secret: string) {
  return alias === undefined ? { ServicePassword: secret } : { ServiceCredentialSecret: secret };
}

async function nameOf(ctx: Context, { ownerId }: ServiceCredentialRow): Promise<string | undefined> {
  return (await ctx.records.listIndex(users, 'by-id', { equals: ownerId, limit: 1 }))[0]?.value.userName;
}

function present(userName: string | undefined, row: ServiceCredentialRow) {
  return {
    UserName: userName,
    Status: row.status,
    CreateDate: new Date(row.createDate),
    ServiceSpecificCredentialId: row.credentialId,
    ServiceName: row.serviceName,
    ...(row.serviceUserName === undefined ? {} : { ServiceUserName: row.serviceUserName }),
    ...(row.alias === undefined ? {} : { ServiceCredentialAlias: row.alias }),
    ...(row.expirationDate === undefined ? {} : { ExpirationDate: new Date(row.expirationDate) }),
  };
}
