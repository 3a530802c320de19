import { policyTexts } from '#runtime/evidence.ts';
import type { Store } from '#store/store.ts';
import type { ConsideredPolicy, DecisionRecord } from './decision-record.ts';
import {
  type CompiledPolicy,
  changeText,
  compile,
  type Decision,
  decide,
  explain,
  explanationText,
  NO_POLICIES,
  type PolicyKind,
  type PolicyLayer,
  type PolicySets,
  readPolicy,
  smallestChange,
} from './engine/engine.ts';

/** A recorded decision, explained for people (`text`) and programs. */
export type ExplainedDecision = {
  readonly text: string;
  readonly record: DecisionRecord;
  /** The smallest change that would have allowed it; undefined when it was allowed, or when none was found. */
  readonly change: readonly string[] | undefined;
  readonly policies: readonly object[];
};

/** Decides recorded requests again, with the policies of their moment, and says why. */
export function explainer(store: Store): (records: readonly object[]) => Promise<readonly ExplainedDecision[]> {
  return (records) => Promise.all(records.map((record) => explainRecord(store, record as DecisionRecord)));
}

async function explainRecord(store: Store, record: DecisionRecord): Promise<ExplainedDecision> {
  const sets = await policiesOf(store, record);
  const { request } = record;
  const decision = decide(request, sets);
  const explanation = explain(request, sets, decision);
  const change = record.decision === 'Allowed' ? undefined : smallestChange(request, sets)?.map(changeText);
  const advice =
    record.decision === 'Allowed'
      ? []
      : ['What would have allowed it:', ...(change ?? ['no single change was found']).map((line) => `  ${line}`)];
  return {
    text: [explanationText(explanation), ...layerLines(decision), ...advice].join('\n'),
    record,
    change,
    policies: explanation.policies,
  };
}

const layerNames: Readonly<Record<keyof Decision['trace'], string>> = {
  rcp: 'resource control policies (rcp)',
  scp: 'service control policies (scp)',
  endpoint: 'VPC endpoint policy',
  resource: 'resource-based policy',
  identity: 'identity-based policies',
  boundary: 'permissions boundary',
  session: 'session policies',
};

/** One line for each layer, also for those that did not bear on the request. */
function layerLines({ trace }: Decision): readonly string[] {
  const lines = Object.entries(layerNames).map(([layer, name]) => {
    const outcome = trace[layer as keyof Decision['trace']];
    return `  ${name.padEnd(34)}${outcome === 'not-applicable' ? 'none applies' : outcome.replace('-', ' ')}`;
  });
  return ['Layers considered:', ...lines];
}

async function policiesOf(store: Store, { policies, resource }: DecisionRecord): Promise<PolicySets> {
  const own = JSON.parse(await evidenceText(store, policies)) as readonly ConsideredPolicy[];
  const byLayer: Partial<Record<PolicyLayer, CompiledPolicy[]>> = {};
  for (const considered of resource === undefined ? own : [...own, resource]) {
    const compiled = await recompiled(store, considered);
    byLayer[considered.layer] = [...(byLayer[considered.layer] ?? []), compiled];
  }
  return {
    ...NO_POLICIES,
    identity: byLayer.identity ?? [],
    resource: byLayer.resource?.[0] ?? null,
    boundaries: byLayer.boundary ?? null,
    session: byLayer.session ?? null,
  };
}

async function recompiled(store: Store, { kind, name, arn, digest }: ConsideredPolicy): Promise<CompiledPolicy> {
  const reading = readPolicy(await evidenceText(store, digest));
  if (!reading.ok) throw new Error(`INVARIANT: the kept text of policy \`${name}\` can be read`);
  return compile(reading.policy, { kind: kind as PolicyKind, name, arn });
}

async function evidenceText(store: Store, digest: string): Promise<string> {
  const key = { collection: policyTexts.name, account: '', region: '', id: digest };
  const found = await store.get<{ readonly text: string }>(key);
  if (found === undefined) throw new Error(`INVARIANT: evidence \`${digest}\` is kept with the decision`);
  return found.value.text;
}
