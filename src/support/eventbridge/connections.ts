import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { exists, type Input, invalid, limitExceeded, notFound, type Operation, present } from './api.ts';
import { scheduleAuthorisation } from './authorisation-run.ts';
import { mergedAuth, shownAuth } from './connection-auth.ts';
import { ownArn } from './names.ts';
import { namedPage } from './page.ts';
import { type ConnectionRow, connections, destinations } from './records.ts';

/** Connections of an account in a Region; AWS's quota. */
const maxConnections = 3_000;

export const CreateConnection: Operation<'CreateConnection'> = {
  resource: ({ Name }, ctx) => namedConnection(ctx, Name),
  handle: async (input, ctx) => {
    const { Name: name, AuthorizationType: type, AuthParameters: auth } = input;
    checkAuth(type, auth);
    refusePrivate(input);
    if ((await ctx.records.get(connections, name)) !== undefined) throw exists(`Connection ${name}`);
    if ((await ctx.records.count(connections)) >= maxConnections) throw limitExceeded();
    const secret = `${ctx.uuid()}-${Buffer.from(ctx.random(5)).toString('hex').slice(0, 6)}`;
    const row: ConnectionRow = {
      name,
      id: ctx.uuid(),
      description: input.Description,
      type,
      auth,
      secretArn: `arn:aws:secretsmanager:${ctx.region}:${ctx.account}:secret:events!connection/${name}/${secret}`,
      kmsKey: input.KmsKeyIdentifier,
      ...stateOf(type),
      created: ctx.now,
      modified: ctx.now,
      authorized: ctx.now,
    };
    ctx.records.create(connections, name, row);
    scheduleAuthorisation(ctx, row);
    return shownState(ctx, row, false);
  },
};

export const UpdateConnection: Operation<'UpdateConnection'> = {
  resource: ({ Name }, ctx) => connectionResource(ctx, Name),
  handle: async (input, ctx) => {
    const known = await openConnection(ctx, input.Name, 'update');
    refusePrivate(input);
    const type = input.AuthorizationType ?? known.type;
    const auth =
      input.AuthParameters === undefined
        ? known.auth
        : mergedAuth(type === known.type ? known.auth : {}, input.AuthParameters);
    checkAuth(type, auth);
    const row: ConnectionRow = {
      ...known,
      type,
      auth,
      description: input.Description ?? known.description,
      kmsKey: input.KmsKeyIdentifier ?? known.kmsKey,
      ...stateOf(type),
      modified: ctx.now,
    };
    ctx.records.put(connections, row.name, row);
    scheduleAuthorisation(ctx, row);
    return shownState(ctx, row, true);
  },
};

export const DescribeConnection: Operation<'DescribeConnection'> = {
  resource: ({ Name }, ctx) => connectionResource(ctx, Name),
  handle: async ({ Name }, ctx) => {
    const row = await openConnection(ctx, Name, 'describe');
    return present({
      ...shownConnection(ctx, row),
      Description: row.description,
      SecretArn: row.secretArn,
      KmsKeyIdentifier: row.kmsKey,
      AuthParameters: shownAuth(row.auth),
    });
  },
};

export const ListConnections: Operation<'ListConnections'> = {
  resource: () => '*',
  handle: async ({ ConnectionState, ...input }, ctx) => {
    const keep = ({ state }: ConnectionRow) => ConnectionState === undefined || state === ConnectionState;
    const { entries, nextToken } = await namedPage(ctx, connections, input, keep);
    return present({ Connections: entries.map((row) => shownConnection(ctx, row)), NextToken: nextToken });
  },
};

/** Takes the secrets away; destinations that use the connection stand still until it is updated. */
export const DeauthorizeConnection: Operation<'DeauthorizeConnection'> = {
  resource: ({ Name }, ctx) => connectionResource(ctx, Name),
  handle: async ({ Name }, ctx) => {
    const known = await openConnection(ctx, Name, 'deauthorize');
    const row: ConnectionRow = {
      ...known,
      auth: {},
      state: 'DEAUTHORIZED',
      stateReason: 'the connection was deauthorized',
      modified: ctx.now,
    };
    ctx.records.put(connections, Name, row);
    return { ...shownState(ctx, row, true), ConnectionState: 'DEAUTHORIZING' };
  },
};

export const DeleteConnection: Operation<'DeleteConnection'> = {
  resource: ({ Name }, ctx) => connectionResource(ctx, Name),
  handle: async ({ Name }, ctx) => {
    const row = await openConnection(ctx, Name, 'delete');
    const [used] = await ctx.records.listIndex(destinations, 'by-connection', { equals: Name, limit: 1 });
    if (used !== undefined) {
      throw invalid(`Connection '${Name}' is in use by the api-destination '${used.value.name}'.`);
    }
    ctx.records.delete(connections, Name);
    return { ...shownState(ctx, row, true), ConnectionState: 'DELETING' };
  },
};

/** @throws ServiceError ResourceNotFoundException */
export async function openConnection(ctx: Context, name: string, verb: string): Promise<ConnectionRow> {
  const row = await ctx.records.get(connections, name);
  if (row === undefined) throw notFound(`Failed to ${verb} the connection(s). Connection '${name}' does not exist.`);
  return row;
}

/** A connection's ARN ends with an id of its own: one of the same name that comes later is another. */
export function connectionArn(ctx: Context, { name, id }: Pick<ConnectionRow, 'name' | 'id'>): string {
  return ownArn(ctx, 'connection', `${name}/${id}`);
}

function namedConnection(ctx: Context, name: string): ResourceRef {
  const arn = ownArn(ctx, 'connection', name);
  ctx.audit([{ arn, type: 'AWS::Events::Connection' }]);
  return { arn };
}

async function connectionResource(ctx: Context, name: string): Promise<ResourceRef> {
  const row = await ctx.records.get(connections, name);
  return namedConnection(ctx, row === undefined ? name : `${name}/${row.id}`);
}

/** Tokens are asked for first; other secrets prove themselves when they are used. */
function stateOf(type: ConnectionRow['type']): Pick<ConnectionRow, 'state' | 'stateReason'> {
  return { state: type === 'OAUTH_CLIENT_CREDENTIALS' ? 'AUTHORIZING' : 'AUTHORIZED', stateReason: undefined };
}

const parametersOf = {
  API_KEY: 'ApiKeyAuthParameters',
  BASIC: 'BasicAuthParameters',
  OAUTH_CLIENT_CREDENTIALS: 'OAuthParameters',
} as const;

/** @throws ServiceError ValidationException */
function checkAuth(type: ConnectionRow['type'], auth: ConnectionRow['auth']): void {
  const name = parametersOf[type];
  if (auth[name] === undefined) throw invalid(`Parameter AuthParameters is not valid. Reason: expected ${name}.`);
}

function refusePrivate(
  input: Pick<Input<'UpdateConnection'>, 'InvocationConnectivityParameters' | 'AuthParameters'>,
): void {
  if (input.InvocationConnectivityParameters ?? input.AuthParameters?.ConnectivityParameters) {
    throw invalid('private connectivity is not served: destinations are reached by their addresses');
  }
}

function shownState(ctx: Context, row: ConnectionRow, authorized: boolean) {
  return present({
    ConnectionArn: connectionArn(ctx, row),
    ConnectionState: row.state,
    CreationTime: new Date(row.created),
    LastModifiedTime: new Date(row.modified),
    LastAuthorizedTime: authorized && row.authorized !== undefined ? new Date(row.authorized) : undefined,
  });
}

function shownConnection(ctx: Context, row: ConnectionRow) {
  return present({
    ...shownState(ctx, row, true),
    Name: row.name,
    StateReason: row.stateReason,
    AuthorizationType: row.type,
  });
}
