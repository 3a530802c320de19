import type { Context } from '#runtime/context.ts';
import type { Conditions, ResourceRef } from '#runtime/operation.ts';
import { notFound } from './api.ts';
import { type BusReference, busArn, busReference, ruleArn } from './names.ts';
import { type BusRow, findBus, findRule, type RuleRow } from './records.ts';

/** A bus as policies see it: its ARN, its tags, its resource policy. */
export async function busResource(ctx: Context, bus: BusReference, conditions?: Conditions): Promise<ResourceRef> {
  const row = await findBus(ctx.records, bus);
  const arn = busArn(bus);
  ctx.audit([{ arn, type: 'AWS::Events::EventBus', account: bus.account }]);
  return { arn, account: bus.account, tags: row?.tags, conditions, policy: policyOf(row, arn) };
}

/** A rule as policies see it. Other accounts come to it by the policy of its bus. */
export async function ruleResource(ctx: Context, bus: BusReference, rule: string): Promise<ResourceRef> {
  const [row, busRow] = await Promise.all([findRule(ctx.records, bus, rule), findBus(ctx.records, bus)]);
  const arn = ruleArn(bus, rule);
  ctx.audit([{ arn, type: 'AWS::Events::Rule', account: bus.account }]);
  return {
    arn,
    account: bus.account,
    tags: row?.tags,
    conditions: { 'events:creatorAccount': row?.createdBy ?? ctx.account },
    policy: policyOf(busRow, busArn(bus)),
  };
}

function policyOf(row: BusRow | undefined, arn: string): ResourceRef['policy'] {
  if (row?.policy === undefined) return undefined;
  return { kind: 'resource', source: `policy of ${arn}`, text: row.policy };
}

/** The rule that an input names. */
export function namedRule(
  { Name, EventBusName }: { readonly Name: string; readonly EventBusName?: string | undefined },
  ctx: Context,
): Promise<ResourceRef> {
  return ruleResource(ctx, busReference(EventBusName, ctx), Name);
}

/** @throws ServiceError ResourceNotFoundException */
export async function openBus(ctx: Context, bus: BusReference): Promise<BusRow> {
  const row = await findBus(ctx.records, bus);
  if (row === undefined) throw notFound(`Event bus ${bus.name} does not exist.`);
  return row;
}

/** @throws ServiceError ResourceNotFoundException */
export async function openRule(ctx: Context, bus: BusReference, rule: string): Promise<RuleRow> {
  await openBus(ctx, bus);
  const row = await findRule(ctx.records, bus, rule);
  if (row === undefined) throw notFound(`Rule ${rule} does not exist on EventBus ${bus.name}.`);
  return row;
}
