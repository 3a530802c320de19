import { operatorNameOf } from '../conditions/condition.ts';
import { type JsonNode, type JsonObject, readJson } from './json-reader.ts';
import type {
  Condition,
  Effect,
  GrammarError,
  PatternList,
  Policy,
  PolicyReading,
  Position,
  PrincipalList,
  Statement,
} from './policy.ts';

/**
 * Reads a document into a `Policy`: structure only. What a kind of policy may contain is `validatePolicy`'s business.
 *
 * IAM answers every structural fault with the one text below and says no more; `path` here says where.
 */
const SYNTAX = 'Syntax errors in policy.';
/** What IAM answers when only the case of `Allow` or `Deny` is wrong. */
export const LEGACY = 'The policy failed legacy parsing';

/** The largest document any IAM operation takes (model constraint of policyDocumentType). */
const MAX_LENGTH = 131_072;

class Refusal extends Error {
  readonly path: string;
  constructor(path: string, message = SYNTAX) {
    super(message);
    this.path = path;
  }
}

/**
 * @param input the document's text, or an object that stands for it
 * @returns the policy, or the first structural fault. Never throws, whatever comes in.
 * @example readPolicy('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}')
 */
export function readPolicy(input: unknown): PolicyReading {
  const text = typeof input === 'string' ? input : textOf(input);
  if (text === undefined || text.length > MAX_LENGTH) return refused('', SYNTAX);
  const root = readJson(text);
  if (root === undefined) return refused('', SYNTAX);
  try {
    return { ok: true, policy: policyOf(root, text) };
  } catch (error) {
    if (error instanceof Refusal) return refused(error.path, error.message);
    throw error;
  }
}

function refused(path: string, message: string): { readonly ok: false; readonly errors: readonly GrammarError[] } {
  return { ok: false, errors: [{ message, path }] };
}

function textOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return JSON.stringify(value);
  } catch {
    return undefined; // cycles, throwing getters, nesting beyond the stack
  }
}

function policyOf(root: JsonNode, text: string): Policy {
  const members = membersOf(root, '', POLICY_MEMBERS);
  const version = stringOf(members.get('Version'), 'Version');
  if (version !== undefined && version !== '2008-10-17' && version !== '2012-10-17') throw new Refusal('Version');
  const statements = members.get('Statement');
  if (statements === undefined) throw new Refusal('Statement');
  const items = statements.type === 'array' ? statements.items : [statements];
  if (items.length === 0) throw new Refusal('Statement');
  const positions = positionFinder(text);
  return {
    version: version ?? '2008-10-17',
    versionStated: version !== undefined,
    id: stringOf(members.get('Id'), 'Id'),
    statements: items.map((item, index) => statementOf(item, index, positions)),
  };
}

const POLICY_MEMBERS = new Set(['Version', 'Id', 'Statement']);
const STATEMENT_MEMBERS = new Set(
  'Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition'.split(' '),
);

function statementOf(node: JsonNode, index: number, positions: (offset: number) => Position): Statement {
  const path = `Statement[${index}]`;
  const members = membersOf(node, path, STATEMENT_MEMBERS);
  return {
    index,
    sid: stringOf(members.get('Sid'), `${path}.Sid`),
    effect: effectOf(members.get('Effect'), `${path}.Effect`),
    principals: principalsOf(members, path),
    actions: patternsOf(members, 'Action', path) ?? { negated: false, patterns: [] },
    resources: patternsOf(members, 'Resource', path),
    conditions: conditionsOf(members.get('Condition'), `${path}.Condition`),
    start: positions(node.start),
    end: positions(node.end),
  };
}

function effectOf(node: JsonNode | undefined, path: string): Effect {
  const text = stringOf(node, path);
  if (text === 'Allow' || text === 'Deny') return text;
  const folded = text?.toLowerCase();
  throw new Refusal(path, folded === 'allow' || folded === 'deny' ? LEGACY : SYNTAX);
}

function patternsOf(members: Members, name: 'Action' | 'Resource', path: string): PatternList | undefined {
  const plain = members.get(name);
  const negated = members.get(`Not${name}`);
  if (plain !== undefined && negated !== undefined) throw new Refusal(`${path}.Not${name}`);
  if (plain !== undefined) return { negated: false, patterns: stringsOf(plain, `${path}.${name}`) };
  if (negated !== undefined) return { negated: true, patterns: stringsOf(negated, `${path}.Not${name}`) };
  return undefined;
}

function principalsOf(members: Members, path: string): PrincipalList | undefined {
  const plain = members.get('Principal');
  const negated = members.get('NotPrincipal');
  if (plain !== undefined && negated !== undefined) throw new Refusal(`${path}.NotPrincipal`);
  const node = plain ?? negated;
  if (node === undefined) return undefined;
  const at = `${path}.${plain === undefined ? 'NotPrincipal' : 'Principal'}`;
  if (node.type !== 'object') {
    if (stringOf(node, at) !== '*') throw new Refusal(at);
    return { negated: plain === undefined, anyone: true, aws: [], service: [], federated: [], canonicalUser: [] };
  }
  const kinds = membersOf(node, at, PRINCIPAL_MEMBERS);
  const list = (kind: string) => {
    const entries = kinds.get(kind);
    return entries === undefined ? [] : stringsOf(entries, `${at}.${kind}`);
  };
  const aws = list('AWS');
  return {
    negated: plain === undefined,
    anyone: aws.includes('*'),
    aws: aws.filter((entry) => entry !== '*'),
    service: list('Service'),
    federated: list('Federated'),
    canonicalUser: list('CanonicalUser'),
  };
}

const PRINCIPAL_MEMBERS = new Set(['AWS', 'Service', 'Federated', 'CanonicalUser']);

function conditionsOf(node: JsonNode | undefined, path: string): readonly Condition[] {
  if (node === undefined) return [];
  const conditions: Condition[] = [];
  for (const [operator, block] of membersOf(node, path)) {
    for (const [key, values] of membersOf(block, `${path}.${operator}`)) {
      if (operatorNameOf(operator) === undefined) throw new Refusal(`${path}.${operator}`);
      conditions.push({ operator, key, values: scalarsOf(values, `${path}.${operator}.${key}`) });
    }
  }
  return conditions;
}

type Members = JsonObject['members'];

function membersOf(node: JsonNode, path: string, allowed?: ReadonlySet<string>): Members {
  if (node.type !== 'object') throw new Refusal(path);
  if (allowed !== undefined) {
    for (const name of node.members.keys()) if (!allowed.has(name)) throw new Refusal(`${path}.${name}`);
  }
  return node.members;
}

function stringOf(node: JsonNode | undefined, path: string): string | undefined {
  if (node === undefined) return undefined;
  if (node.type !== 'string') throw new Refusal(path);
  return node.text;
}

function stringsOf(node: JsonNode, path: string): readonly string[] {
  const items = node.type === 'array' ? node.items : [node];
  return items.map((item) => {
    if (item.type !== 'string') throw new Refusal(path);
    return item.text;
  });
}

/** Condition values may be unquoted numbers and booleans. */
function scalarsOf(node: JsonNode, path: string): readonly string[] {
  const items = node.type === 'array' ? node.items : [node];
  return items.map((item) => {
    if (item.type === 'object' || item.type === 'array' || item.type === 'null') throw new Refusal(path);
    return item.text;
  });
}

function positionFinder(text: string): (offset: number) => Position {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = lineStarts.length; // INVARIANT: the line that starts at lineStarts[low] starts at or before the offset
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
  };
}
