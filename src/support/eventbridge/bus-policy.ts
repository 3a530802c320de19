import { parsePolicy } from '#identity/iam/engine/engine.ts';
import { pinPrincipals, shownPrincipals } from '#identity/iam/pinned-principals.ts';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { openBus } from './access.ts';
import { type Input, invalid, notFound, type Operation } from './api.ts';
import { type BusReference, busArn } from './names.ts';
import { buses } from './records.ts';

/** Largest policy of a bus, bytes (model, "PutPermission"). */
const maxPolicyBytes = 10_240;

type Document = { readonly Version: string; readonly Statement: readonly Statement[] };
type Statement = Readonly<Record<string, unknown>>;

export const PutPermission: Operation<'PutPermission'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const bus = ownBus(ctx, input.EventBusName);
    if (input.Policy !== undefined) {
      await putPolicy(ctx, bus, input.Policy);
      return {};
    }
    const { Statement } = await documentOf(ctx, bus);
    const added = statementOf(input, bus);
    const kept = Statement.filter(({ Sid }) => Sid !== added['Sid']);
    await putPolicy(ctx, bus, JSON.stringify({ Version: '2012-10-17', Statement: [...kept, added] }));
    return {};
  },
};

export const RemovePermission: Operation<'RemovePermission'> = {
  resource: () => '*',
  handle: async ({ EventBusName, RemoveAllPermissions, StatementId }, ctx) => {
    const bus = ownBus(ctx, EventBusName);
    const row = await openBus(ctx, bus);
    if (RemoveAllPermissions === true) {
      ctx.records.put(buses, bus.name, {
        ...row,
        policy: undefined,
        created: row.created ?? ctx.now,
        modified: ctx.now,
      });
      return {};
    }
    const { Statement } = await documentOf(ctx, bus);
    const kept = Statement.filter(({ Sid }) => Sid !== StatementId);
    if (StatementId === undefined || kept.length === Statement.length) {
      throw notFound('Statement with the provided id does not exist.');
    }
    if (kept.length > 0) await putPolicy(ctx, bus, JSON.stringify({ Version: '2012-10-17', Statement: kept }));
    else ctx.records.put(buses, bus.name, { ...row, policy: undefined, modified: ctx.now });
    return {};
  },
};

function ownBus(ctx: Context, name: string | undefined): BusReference {
  return { account: ctx.account, region: ctx.region, name: name ?? 'default' };
}

/** The policy as it is shown, as a document; without statements where there is none. */
async function documentOf(ctx: Context, bus: BusReference): Promise<Document> {
  const { policy } = await openBus(ctx, bus);
  if (policy === undefined) return { Version: '2012-10-17', Statement: [] };
  const document = JSON.parse(await shownPrincipals(ctx, policy)) as Omit<Document, 'Statement'> & {
    readonly Statement: Statement | readonly Statement[];
  };
  return { ...document, Statement: [document.Statement].flat() };
}

function statementOf(input: Input<'PutPermission'>, bus: BusReference): Statement {
  const { Action, Principal, StatementId, Condition } = input;
  if (Action === undefined || Principal === undefined || StatementId === undefined) {
    throw invalid('Action, Principal and StatementId, or Policy, are required arguments.');
  }
  if (Action !== 'events:PutEvents') throw invalid("Provided value in parameter 'action' is not supported.");
  return {
    Sid: StatementId,
    Effect: 'Allow',
    Principal: Principal === '*' ? '*' : { AWS: `arn:aws:iam::${Principal}:root` },
    Action,
    Resource: busArn(bus),
    ...(Condition === undefined ? {} : { Condition: { [Condition.Type]: { [Condition.Key]: Condition.Value } } }),
  };
}

async function putPolicy(ctx: Context, bus: BusReference, text: string): Promise<void> {
  const row = await openBus(ctx, bus);
  if (Buffer.byteLength(text) > maxPolicyBytes) {
    throw new ServiceError('PolicyLengthExceededException', `expected a policy of at most ${maxPolicyBytes} bytes`);
  }
  const reading = parsePolicy(text, 'resource');
  if (!reading.ok) throw invalid(`Parameter Policy is not valid. Reason: ${reading.errors[0]?.message ?? ''}`);
  const policy = await pinPrincipals(ctx, text);
  ctx.records.put(buses, bus.name, { ...row, policy, created: row.created ?? ctx.now, modified: ctx.now });
}
