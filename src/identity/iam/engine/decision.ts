import type { PolicySource } from './compile.ts';
import type { Effect, Position } from './document/policy.ts';

/**
 * The layers of a decision, in the order in which AWS asks them (IAM user guide, "How AWS enforcement code logic evaluates
 * requests to allow or deny access"). `grant` are KMS grants, `service-setting` is S3 Block Public Access, `root` the root
 * user's own right, `exempt` an operation that needs no permission.
 */
export const POLICY_LAYERS = ['rcp', 'scp', 'endpoint', 'resource', 'identity', 'boundary', 'session'] as const;
export type PolicyLayer = (typeof POLICY_LAYERS)[number];
export type DecidingLayer = PolicyLayer | 'grant' | 'service-setting' | 'root' | 'exempt';

/** What one layer says by itself. The whole decision may still be another: a limit outweighs an allow. */
export type LayerOutcome = 'not-applicable' | 'allowed' | 'implicitly-denied' | 'explicitly-denied';
export type LayerTrace = Readonly<Record<PolicyLayer, LayerOutcome>>;

export type Verdict = 'Allowed' | 'ImplicitlyDenied' | 'ExplicitlyDenied';

/** A statement that matched the request in every element. */
export type MatchedStatement = {
  readonly layer: PolicyLayer;
  /** Organization root, OU or account, for SCPs and RCPs. */
  readonly target: string | undefined;
  readonly policy: PolicySource;
  /** Position in the policy's list, from 0. */
  readonly index: number;
  readonly sid: string | undefined;
  readonly effect: Effect;
  /** Where the statement stands in the policy's text. */
  readonly start: Position;
  readonly end: Position;
};

export type Decision = {
  readonly decision: Verdict;
  /** The layer that settled it. */
  readonly layer: DecidingLayer;
  /** One sentence for people. */
  readonly reason: string;
  /** Every statement that matched, allowing and denying, in the order of the layers. */
  readonly statements: readonly MatchedStatement[];
  /** Context keys that conditions or variables asked for in vain. */
  readonly missing: readonly string[];
  readonly trace: LayerTrace;
};
