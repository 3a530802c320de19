import { KIND_RULES, ORGANIZATION_REFUSAL } from './kinds.ts';
import type { GrammarError, Policy, PolicyKind, PolicyReading, Statement } from './policy.ts';
import { readPolicy } from './read.ts';
import { actionFault } from './validate-action.ts';
import { conditionFault } from './validate-condition.ts';
import { legacyResourceFault, resourceFault } from './validate-resource.ts';

/**
 * Reads a document and checks it as a policy of its kind. Use this for documents that are stored; `readPolicy` alone takes
 * older documents that AWS still evaluates but no longer accepts.
 *
 * @returns the policy, or its faults: the first is the one that AWS names
 * @example parsePolicy('{"Version":"2012-10-17","Statement":[]}', 'identity') // { ok: false, errors: [{ message: 'Syntax errors in policy.', … }] }
 */
export function parsePolicy(input: unknown, kind: PolicyKind): PolicyReading {
  const reading = readPolicy(input);
  if (!reading.ok)
    return { ok: false, errors: reading.errors.map((error) => ({ ...error, message: wording(error, kind) })) };
  const errors = validatePolicy(reading.policy, kind);
  return errors.length === 0 ? reading : { ok: false, errors };
}

/** What CreateRole and UpdateAssumeRolePolicy say of a document that is no JSON (recorded), and Organizations of any fault. */
function wording(error: GrammarError, kind: PolicyKind): string {
  if (kind === 'scp' || kind === 'rcp') return ORGANIZATION_REFUSAL;
  return kind === 'trust' && error.path === '' ? 'This policy contains invalid Json' : error.message;
}

/** @returns every fault, in the order in which AWS finds them; empty for a good policy */
export function validatePolicy(policy: Policy, kind: PolicyKind): readonly GrammarError[] {
  const rules = KIND_RULES[kind];
  const each = (fault: (statement: Statement) => GrammarError | undefined) =>
    policy.statements.map(fault).filter((error) => error !== undefined);
  const conditions = each(conditionFault);
  const errors = [
    ...conditions.filter((error) => error.message.startsWith('Syntax')),
    ...(rules.modern ? versionFaults(policy) : []),
    ...each((statement) => (rules.modern ? legacyResourceFault(statement) : undefined)),
    ...conditions.filter((error) => !error.message.startsWith('Syntax')),
    ...sidFaults(policy, rules.modern),
    ...each((statement) => principalFault(statement, kind)),
    ...(rules.modern ? each(resourceFault) : []),
    ...each(actionFault),
    ...each((statement) => presenceFault(statement, kind)),
    ...(kind === 'trust' ? each(trustActionFault) : []),
    ...(kind === 'rcp' ? each(rcpFault) : []),
  ];
  if (kind !== 'scp' && kind !== 'rcp') return errors;
  return errors.map((error) => ({ ...error, message: ORGANIZATION_REFUSAL }));
}

function versionFaults(policy: Policy): readonly GrammarError[] {
  if (policy.versionStated && policy.version === '2012-10-17') return [];
  return [{ message: 'Policy document must be version 2012-10-17 or greater.', path: 'Version' }];
}

function sidFaults(policy: Policy, alphanumeric: boolean): readonly GrammarError[] {
  const errors: GrammarError[] = [];
  const seen = new Set<string>();
  for (const { sid, index } of policy.statements) {
    if (sid === undefined || sid === '') continue;
    const path = `Statement[${index}].Sid`;
    if (alphanumeric && !/^[0-9A-Za-z]*$/.test(sid)) {
      errors.push({
        message:
          'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
        path,
      });
    }
    if (seen.has(sid)) errors.push({ message: 'Statement IDs (SID) in a single policy must be unique.', path });
    seen.add(sid);
  }
  return errors;
}

function principalFault(statement: Statement, kind: PolicyKind): GrammarError | undefined {
  const rules = KIND_RULES[kind];
  const { principals, index } = statement;
  const path = `Statement[${index}].${principals?.negated ? 'NotPrincipal' : 'Principal'}`;
  if (principals === undefined) {
    return rules.principal === 'required' ? { message: 'Missing required field Principal', path } : undefined;
  }
  if (rules.principal === 'prohibited') return { message: 'Policy document should not specify a principal.', path };
  if (principals.negated && !rules.notPrincipal) return { message: 'Has prohibited field NotPrincipal', path };
  const wildcard = [...principals.aws, ...principals.service].find((entry) => /[*?]/.test(entry));
  return wildcard === undefined ? undefined : { message: `Invalid principal in policy: "AWS":"${wildcard}"`, path };
}

function presenceFault(statement: Statement, kind: PolicyKind): GrammarError | undefined {
  const { resource } = KIND_RULES[kind];
  const path = `Statement[${statement.index}].Resource`;
  if (resource === 'prohibited') {
    return statement.resources === undefined ? undefined : { message: 'Has prohibited field Resource', path };
  }
  const present = statement.resources !== undefined && statement.resources.patterns.length > 0;
  return present ? undefined : { message: 'Policy statement must contain resources.', path };
}

function trustActionFault(statement: Statement): GrammarError | undefined {
  const foreign = statement.actions.patterns.some((action) => action !== '*' && !/^sts:/i.test(action));
  if (!foreign) return undefined;
  return {
    message: 'AssumeRole policy may only specify STS AssumeRole actions.',
    path: `Statement[${statement.index}].Action`,
  };
}

/** RCPs that people write deny, and name everyone: RCPFullAWSAccess does the allowing. */
function rcpFault(statement: Statement): GrammarError | undefined {
  const fits = statement.effect === 'Deny' && statement.principals?.anyone === true && !statement.actions.negated;
  return fits ? undefined : { message: ORGANIZATION_REFUSAL, path: `Statement[${statement.index}]` };
}
