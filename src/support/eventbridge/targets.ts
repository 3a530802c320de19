import { namedRule, openRule } from './access.ts';
import { limitExceeded, type Operation, present, type Target } from './api.ts';
import { busReference } from './names.ts';
import { listPage } from './page.ts';
import { ruleId, rules } from './records.ts';
import { checkTarget } from './target-checks.ts';

/** Targets of a rule (model, "PutTargets"). */
const maxTargets = 5;

export const PutTargets: Operation<'PutTargets'> = {
  resource: ({ Rule, EventBusName }, ctx) => namedRule({ Name: Rule, EventBusName }, ctx),
  conditions: ({ Targets }) => ({ 'events:TargetArn': Targets.map(({ Arn }) => Arn) }),
  handle: async ({ Rule, EventBusName, Targets }, ctx) => {
    const bus = busReference(EventBusName, ctx);
    const row = await openRule(ctx, bus, Rule);
    for (const target of Targets) await checkTarget(ctx, row.arn, target);
    const targets = new Map(row.targets.map((target) => [target.Id, target]));
    for (const target of Targets) targets.set(target.Id, target);
    if (targets.size > maxTargets) throw limitExceeded();
    ctx.records.at(bus).put(rules, ruleId(bus.name, Rule), { ...row, targets: [...targets.values()] });
    return { FailedEntryCount: 0, FailedEntries: [] };
  },
};

export const RemoveTargets: Operation<'RemoveTargets'> = {
  resource: ({ Rule, EventBusName }, ctx) => namedRule({ Name: Rule, EventBusName }, ctx),
  handle: async ({ Rule, EventBusName, Ids }, ctx) => {
    const bus = busReference(EventBusName, ctx);
    const row = await openRule(ctx, bus, Rule);
    const failed = Ids.filter((id) => !row.targets.some(({ Id }) => Id === id));
    const targets = row.targets.filter(({ Id }) => !Ids.includes(Id));
    ctx.records.at(bus).put(rules, ruleId(bus.name, Rule), { ...row, targets });
    return {
      FailedEntryCount: failed.length,
      FailedEntries: failed.map((id) => ({
        TargetId: id,
        ErrorCode: 'ResourceNotFoundException',
        ErrorMessage: `Rule ${Rule} does not have a target with the Id ${id}.`,
      })),
    };
  },
};

export const ListTargetsByRule: Operation<'ListTargetsByRule'> = {
  resource: ({ Rule, EventBusName }, ctx) => namedRule({ Name: Rule, EventBusName }, ctx),
  handle: async ({ Rule, EventBusName, NextToken, Limit }, ctx) => {
    const { targets } = await openRule(ctx, busReference(EventBusName, ctx), Rule);
    const sorted: readonly Target[] = [...targets].sort((a, b) => (a.Id < b.Id ? -1 : 1));
    const { entries, nextToken } = listPage(sorted, ({ Id }) => Id, NextToken, Limit);
    return present({ Targets: entries, NextToken: nextToken });
  },
};
