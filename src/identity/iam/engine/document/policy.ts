/**
 * A policy document as the engine sees it: read, typed, nothing decided yet.
 *
 * Lists are always lists here (AWS lets a single value stand for a list of one), condition values are always strings (AWS lets
 * numbers and booleans go unquoted), and the negated elements (`NotAction`, `NotResource`, `NotPrincipal`) are flags.
 */

/** What a policy is attached to decides which elements it may have. `key` is a KMS key policy, `trust` a role's trust policy. */
export type PolicyKind =
  | 'identity'
  | 'boundary'
  | 'session'
  | 'resource'
  | 'trust'
  | 'key'
  | 'endpoint'
  | 'scp'
  | 'rcp';

/** Policy variables exist from 2012-10-17 on; a document without a version is of 2008-10-17. */
export type PolicyVersion = '2008-10-17' | '2012-10-17';

export type Effect = 'Allow' | 'Deny';

/** Patterns of `Action`/`Resource`, or of their negated twins. */
export type PatternList = { readonly negated: boolean; readonly patterns: readonly string[] };

export type PrincipalList = {
  readonly negated: boolean;
  /** `"*"` alone, or `{"AWS": "*"}`: AWS treats them alike. */
  readonly anyone: boolean;
  readonly aws: readonly string[];
  readonly service: readonly string[];
  readonly federated: readonly string[];
  readonly canonicalUser: readonly string[];
};

/** One key under one operator. `operator` is as written, with its set prefix and `IfExists` suffix. */
export type Condition = { readonly operator: string; readonly key: string; readonly values: readonly string[] };

/** Line and column count from 1; `end` is just after the closing brace. */
export type Position = { readonly line: number; readonly column: number };

export type Statement = {
  /** Position in the document's list, from 0. */
  readonly index: number;
  readonly sid: string | undefined;
  readonly effect: Effect;
  readonly principals: PrincipalList | undefined;
  readonly actions: PatternList;
  /** Absent in trust policies, where the role itself is the resource. */
  readonly resources: PatternList | undefined;
  readonly conditions: readonly Condition[];
  readonly start: Position;
  readonly end: Position;
};

export type Policy = {
  readonly version: PolicyVersion;
  /** Whether the document names its version: identity policies must. */
  readonly versionStated: boolean;
  readonly id: string | undefined;
  readonly statements: readonly Statement[];
};

/** Why a document is refused. `message` is AWS's text where it is known; `path` points into the document. */
export type GrammarError = { readonly message: string; readonly path: string };

export type PolicyReading =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly errors: readonly GrammarError[] };
