/**
 * The policy engine: may this principal do this to that resource, under these circumstances?
 *
 * It is AWS's evaluation logic, whole, as pure functions: no clock, no network, no state that shows. Three steps, each with its
 * own door:
 *
 * 1. **Read** (`document/`). `parsePolicy` takes a document as a policy of its kind, or says what AWS would say against it.
 *    `readPolicy` checks the structure only.
 * 2. **Compile** (`compile.ts`). Actions, ARNs, principals, conditions and variables become matchers, once per version of a
 *    policy. The one thing worth remembering between requests, which statements cover an action, is remembered there.
 * 3. **Decide** (`decide.ts`). Seven layers of policies are asked, in AWS's order; the answer is a verdict with the layer that
 *    settled it, the statements that matched and the context keys that were missing.
 *
 * The order, and who may overrule whom (IAM user guide, "Policy evaluation logic"):
 *
 * - An explicit deny in any layer that bears on the request ends it.
 * - RCPs guard the resource's account, SCPs the principal's; the VPC endpoint's policy guards the way. All of them only limit.
 * - Within one account a resource-based policy that names the caller (user, session, everyone) is final: no boundary and no
 *   session policy takes the allow back. One that names the role stays within boundary and session policy. One that names the
 *   account only lets the account's identity policies speak.
 * - Otherwise an identity policy must allow, and the boundary and the session policy as well.
 * - Across accounts both sides must allow.
 * - KMS keys and role trusts must allow on their own: identity policies alone are not enough there.
 * - The root user needs no identity policy; services, identity providers and anonymous callers have none, so that the
 *   resource-based policy decides alone.
 *
 * `explain` works out, on demand, what a decision does not carry: every statement that almost matched, and why not.
 * `smallestChange` looks for what would have to be different, and tries it. RATIONALE.md tells why things are as they are.
 */
export { accessDeniedMessage } from './access-denied-message.ts';
export { type CompiledPolicy, type CompiledStatement, compile, type PolicySource } from './compile.ts';
export { contextKeysOf } from './context-keys.ts';
export { decide } from './decide.ts';
export type {
  DecidingLayer,
  Decision,
  LayerOutcome,
  LayerTrace,
  MatchedStatement,
  PolicyLayer,
  Verdict,
} from './decision.ts';
export type {
  Effect,
  GrammarError,
  Policy,
  PolicyKind,
  PolicyReading,
  Position,
  Statement,
} from './document/policy.ts';
export { readPolicy } from './document/read.ts';
export { policySize } from './document/size.ts';
export { parsePolicy, validatePolicy } from './document/validate.ts';
export { type Explanation, explain, explanationText } from './explain.ts';
export type { ContextValue, RequestContext } from './matching/context.ts';
export {
  type AuthorizationRequest,
  type KmsGrant,
  type KmsGrantConstraints,
  NO_POLICIES,
  type PolicyLevel,
  type PolicySets,
  type RequestAttributes,
  type ServiceSettings,
} from './request.ts';
export { isPublic } from './rules/public-bucket.ts';
export { type Change, changeText, smallestChange } from './smallest-change.ts';
