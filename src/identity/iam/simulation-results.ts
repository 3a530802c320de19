import {
  type CompiledPolicy,
  compile,
  type Decision,
  decide,
  type MatchedStatement,
  NO_POLICIES,
  type Policy,
  type PolicyKind,
  type PolicySets,
  type PolicySource,
  type Position,
  type RequestContext,
  readPolicy,
  type Verdict,
} from './engine/engine.ts';

/** A policy under simulation, with the name that results give it. */
export type SimulatedPolicy = {
  readonly id: string;
  readonly kind: PolicyKind;
  readonly text: string;
  readonly policy: Policy;
};

/** Everything that bears on a simulation. Undefined: there is none of that kind. */
export type SimulatedPolicies = {
  readonly identity: readonly SimulatedPolicy[];
  readonly boundaries: readonly SimulatedPolicy[] | undefined;
  readonly resource: SimulatedPolicy | undefined;
  /** Levels of an organization, the root first. */
  readonly organization: readonly (readonly SimulatedPolicy[])[] | undefined;
};

export type SimulatedRequest = {
  /** ARN of a user or role. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  readonly context: RequestContext;
};

export type SimulatedDecision = 'allowed' | 'explicitDeny' | 'implicitDeny';

export type SimulationResult = {
  readonly decision: SimulatedDecision;
  readonly statements: readonly {
    readonly policyId: string;
    readonly policyType: string;
    readonly start: Position;
    readonly end: Position;
  }[];
  /** Context keys asked for in vain. */
  readonly missing: readonly string[];
  readonly allowedByBoundary: boolean | undefined;
  readonly allowedByOrganization: boolean | undefined;
  /** Across accounts, what each side says by itself: both must allow. */
  readonly sides: { readonly identity: SimulatedDecision; readonly resource: SimulatedDecision } | undefined;
};

/**
 * Compiles the policies once, and answers any number of requests with the engine that guards the API. Pure.
 *
 * @example simulator({ identity: [policy], boundaries: undefined, resource: undefined, organization: undefined })(request).decision
 */
export function simulator(simulated: SimulatedPolicies): (request: SimulatedRequest) => SimulationResult {
  const known = new Map<PolicySource, SimulatedPolicy>();
  const compiled = (policy: SimulatedPolicy): CompiledPolicy => {
    const source: PolicySource = { kind: policy.kind, name: policy.id };
    known.set(source, policy);
    return compile(policy.policy, source);
  };
  const { boundaries, resource, organization } = simulated;
  const sets: PolicySets = {
    ...NO_POLICIES,
    identity: simulated.identity.map(compiled),
    boundaries: boundaries?.map(compiled) ?? null,
    resource: resource === undefined ? null : compiled(resource),
    scps: (organization ?? []).map((level, index) => ({ target: `level ${index + 1}`, policies: level.map(compiled) })),
  };
  return (request) => {
    const account = accountOf(request.principal);
    const acrossAccounts = account !== request.resourceAccount;
    const willing = resourceThatTrusts(account);
    // Without a resource policy, and within one account, the question is what the caller's policies say: AWS's simulator does
    // not know the trust policies of roles and the key policies, without which a real call would fail.
    const decision = decide(request, resource === undefined && !acrossAccounts ? { ...sets, resource: willing } : sets);
    const stopped = decision.trace.scp === 'explicitly-denied' || decision.trace.scp === 'implicitly-denied';
    return {
      decision: outcomes[decision.decision],
      statements: outweighing(decision).flatMap((statement) => placed(statement, known.get(statement.policy))),
      missing: decision.missing,
      allowedByBoundary: boundaries === undefined ? undefined : decision.trace.boundary === 'allowed',
      allowedByOrganization: organization === undefined ? undefined : !stopped,
      sides:
        acrossAccounts && !stopped
          ? {
              identity: outcomes[decide(request, { ...sets, resource: willing }).decision],
              resource: outcomes[decide(request, { ...sets, identity: [everything], boundaries: null }).decision],
            }
          : undefined,
    };
  };
}

const outcomes = {
  Allowed: 'allowed',
  ExplicitlyDenied: 'explicitDeny',
  ImplicitlyDenied: 'implicitDeny',
} as const satisfies Record<Verdict, SimulatedDecision>;

/** Stands for the side that is not asked. */
const everything = stand('identity', { Effect: 'Allow', Action: '*', Resource: '*' });

/** A resource that leaves it to an account whom to let in. */
function resourceThatTrusts(account: string): CompiledPolicy {
  return stand('resource', { Effect: 'Allow', Principal: { AWS: account }, Action: '*', Resource: '*' });
}

function stand(kind: PolicyKind, statement: object): CompiledPolicy {
  const reading = readPolicy({ Version: '2012-10-17', Statement: [statement] });
  if (!reading.ok) throw new Error('INVARIANT: the stand-in can be read');
  return compile(reading.policy, { kind, name: 'stand-in' });
}

/** A denial hides what the same kind of policy allows (API reference, EvaluationResult); other kinds still show (recorded). */
function outweighing({ statements }: Decision): readonly MatchedStatement[] {
  const denied = new Set(statements.filter(({ effect }) => effect === 'Deny').map(({ layer }) => layer));
  return statements.filter(({ layer, effect }) => effect === 'Deny' || !denied.has(layer));
}

/** Stand-ins are not known, and not shown. */
function placed({ index }: MatchedStatement, simulated: SimulatedPolicy | undefined): SimulationResult['statements'] {
  const statement = simulated?.policy.statements[index];
  if (simulated === undefined || statement === undefined) return [];
  const { id, kind, text } = simulated;
  const start = afterTokenBefore(text, statement.start);
  return [{ policyId: id, policyType: typeNames[kind] ?? 'none', start, end: statement.end }];
}

/** Spelled as AWS answers them, not as its model lists them. The first two are recorded. */
const typeNames: Partial<Record<PolicyKind, string>> = {
  identity: 'IAM Policy',
  boundary: 'Permissions Boundary Policy',
  resource: 'Resource Policy',
  trust: 'Resource Policy',
  scp: 'Service Control Policy',
};

/** AWS counts the white space before a statement to it: its start is where the bracket or comma before it ends (recorded). */
function afterTokenBefore(text: string, { line, column }: Position): Position {
  const lines = text.split('\n');
  let at = column - 1;
  for (let row = line - 1; row >= 0; row -= 1) {
    const before = (lines[row] ?? '').slice(0, at).trimEnd();
    if (before !== '') return { line: row + 1, column: before.length + 1 };
    at = Number.POSITIVE_INFINITY;
  }
  return { line, column };
}

/** Account of an ARN; '' when it names none. */
export function accountOf(arn: string): string {
  return arn.split(':', 5)[4] ?? '';
}
