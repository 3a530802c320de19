import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { exists, invalid, limitExceeded, notFound, type Operation, present } from './api.ts';
import { connectionArn } from './connections.ts';
import { arnParts, ownArn } from './names.ts';
import { namedPage } from './page.ts';
import { type ConnectionRow, connections, type DestinationRow, destinations } from './records.ts';

/** API destinations of an account in a Region; AWS's quota. */
const maxDestinations = 3_000;
/** Requests a second where a destination says nothing. */
const defaultRate = 300;

/** Marks a look at a destination that a rule's role takes in order to invoke it. No request has members that are symbols. */
export const invocation = Symbol('invocation');

export const CreateApiDestination: Operation<'CreateApiDestination'> = {
  resource: ({ Name, ConnectionArn }, ctx) => [namedDestination(ctx, Name), { arn: ConnectionArn }],
  handle: async (input, ctx) => {
    const { Name: name } = input;
    const connection = await connectionOf(ctx, input.ConnectionArn);
    checkEndpoint(input.InvocationEndpoint);
    if ((await ctx.records.get(destinations, name)) !== undefined) throw exists(`An api-destination '${name}'`);
    if ((await ctx.records.count(destinations)) >= maxDestinations) throw limitExceeded();
    const row: DestinationRow = {
      name,
      id: ctx.uuid(),
      description: input.Description,
      connection: connection.name,
      endpoint: input.InvocationEndpoint,
      method: input.HttpMethod,
      rate: input.InvocationRateLimitPerSecond ?? defaultRate,
      created: ctx.now,
      modified: ctx.now,
    };
    ctx.records.create(destinations, name, row);
    return shownState(ctx, row, connection);
  },
};

export const UpdateApiDestination: Operation<'UpdateApiDestination'> = {
  resource: ({ Name }, ctx) => destinationResource(ctx, Name),
  handle: async (input, ctx) => {
    const known = await openDestination(ctx, input.Name, 'update');
    const connection =
      input.ConnectionArn === undefined
        ? await ctx.records.get(connections, known.connection)
        : await connectionOf(ctx, input.ConnectionArn);
    if (input.InvocationEndpoint !== undefined) checkEndpoint(input.InvocationEndpoint);
    const row: DestinationRow = {
      ...known,
      description: input.Description ?? known.description,
      connection: connection?.name ?? known.connection,
      endpoint: input.InvocationEndpoint ?? known.endpoint,
      method: input.HttpMethod ?? known.method,
      rate: input.InvocationRateLimitPerSecond ?? known.rate,
      modified: ctx.now,
    };
    ctx.records.put(destinations, row.name, row);
    return shownState(ctx, row, connection);
  },
};

type Looked = { readonly Name: string; readonly [invocation]?: true };

export const DescribeApiDestination: Operation<'DescribeApiDestination'> = {
  action: (input: Looked) =>
    input[invocation] === true ? 'events:InvokeApiDestination' : 'events:DescribeApiDestination',
  resource: async (input: Looked, ctx) => {
    const destination = await destinationResource(ctx, input.Name);
    const row = await ctx.records.get(destinations, input.Name);
    const connection = row === undefined ? undefined : await ctx.records.get(connections, row.connection);
    // Who looks at a destination looks at its connection; who invokes it does not.
    if (input[invocation] === true || connection === undefined) return destination;
    return [destination, { arn: connectionArn(ctx, connection) }];
  },
  handle: async ({ Name }, ctx) => {
    const row = await openDestination(ctx, Name, 'describe');
    return present({ ...(await shownDestination(ctx, row)), Description: row.description });
  },
};

export const ListApiDestinations: Operation<'ListApiDestinations'> = {
  resource: () => '*',
  handle: async ({ ConnectionArn, ...input }, ctx) => {
    const connection = ConnectionArn === undefined ? undefined : await connectionOf(ctx, ConnectionArn);
    const keep = (row: DestinationRow) => connection === undefined || row.connection === connection.name;
    const { entries, nextToken } = await namedPage(ctx, destinations, input, keep);
    const ApiDestinations = await Promise.all(entries.map((row) => shownDestination(ctx, row)));
    return present({ ApiDestinations, NextToken: nextToken });
  },
};

export const DeleteApiDestination: Operation<'DeleteApiDestination'> = {
  resource: ({ Name }, ctx) => destinationResource(ctx, Name),
  handle: async ({ Name }, ctx) => {
    await openDestination(ctx, Name, 'delete');
    ctx.records.delete(destinations, Name);
    return {};
  },
};

async function openDestination(ctx: Context, name: string, verb: string): Promise<DestinationRow> {
  const row = await ctx.records.get(destinations, name);
  if (row !== undefined) return row;
  throw notFound(`Failed to ${verb} the api-destination(s). An api-destination '${name}' does not exist.`);
}

/** @throws ServiceError ResourceNotFoundException */
async function connectionOf(ctx: Context, arn: string): Promise<ConnectionRow> {
  const name = arnParts(arn)?.resource.split('/')[1] ?? '';
  const row = await ctx.records.get(connections, name);
  if (row !== undefined && connectionArn(ctx, row) === arn) return row;
  throw notFound(`Connection '${name}' does not exist.`);
}

/** Installations of one's own may have destinations without TLS. */
function checkEndpoint(text: string): void {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw invalid('Parameter InvocationEndpoint is not valid. Reason: expected an HTTP endpoint.');
  }
}

function namedDestination(ctx: Context, name: string): ResourceRef {
  const arn = ownArn(ctx, 'api-destination', name);
  ctx.audit([{ arn, type: 'AWS::Events::ApiDestination' }]);
  return { arn };
}

async function destinationResource(ctx: Context, name: string): Promise<ResourceRef> {
  const row = await ctx.records.get(destinations, name);
  return namedDestination(ctx, row === undefined ? name : `${name}/${row.id}`);
}

function shownState(ctx: Context, row: DestinationRow, connection: ConnectionRow | undefined) {
  return {
    ApiDestinationArn: ownArn(ctx, 'api-destination', `${row.name}/${row.id}`),
    ApiDestinationState: connection?.state === 'AUTHORIZED' ? 'ACTIVE' : 'INACTIVE',
    CreationTime: new Date(row.created),
    LastModifiedTime: new Date(row.modified),
  } as const;
}

async function shownDestination(ctx: Context, row: DestinationRow) {
  const connection = await ctx.records.get(connections, row.connection);
  return present({
    ...shownState(ctx, row, connection),
    Name: row.name,
    ConnectionArn: connection === undefined ? undefined : connectionArn(ctx, connection),
    InvocationEndpoint: row.endpoint,
    HttpMethod: row.method,
    InvocationRateLimitPerSecond: row.rate,
  });
}
