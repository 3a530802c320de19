import { compileCidr } from './cidr.ts';
import { type JsonNode, PatternError, type Scalar } from './pattern-json.ts';
import { compileWildcard } from './wildcard.ts';

/** Decides about one value of an event. */
export type Test = (value: Scalar) => boolean;

/** One entry of a pattern's list: a value to be equal to, a test, or whether the field is there at all. */
export type Entry =
  | { readonly kind: 'equal'; readonly value: Scalar }
  | { readonly kind: 'test'; readonly test: Test }
  | { readonly kind: 'exists'; readonly exists: boolean };

/** Reads an entry. Reasons are AWS's (recordings). @throws PatternError */
export function readEntry(node: JsonNode): Entry {
  if (node.kind === 'scalar') return { kind: 'equal', value: node.value };
  if (node.kind === 'list') {
    throw new PatternError('Match value must be String, number, true, false, or null', node.at);
  }
  const [first, second] = node.entries;
  if (first === undefined) throw new PatternError('Match value must be String, number, true, false, or null', node.at);
  const [name, operand] = first;
  if (!Object.hasOwn(operators, name)) throw new PatternError(`Unrecognized match type ${name}`, operand.start);
  if (second !== undefined) throw new PatternError('Only one key allowed in match expression', second[1].start);
  return operators[name as keyof typeof operators](operand);
}

const strings =
  (test: (text: string) => boolean): Test =>
  (value) =>
    typeof value === 'string' && test(value);

/** Alphabetical, as in the pattern language. */
const operators = {
  'anything-but': (node: JsonNode): Entry => {
    const excluded = anythingBut(node);
    return { kind: 'test', test: (value) => !excluded(value) };
  },
  cidr: (node: JsonNode): Entry => {
    // The reason names the prefix operator, as AWS's does.
    const text = textOf(node, 'prefix match pattern must be a string');
    return { kind: 'test', test: strings(compileCidr(text, node.at)) };
  },
  'equals-ignore-case': (node: JsonNode): Entry => {
    const text = folded(textOf(node, 'equals-ignore-case match pattern must be a string'));
    return { kind: 'test', test: strings((value) => folded(value) === text) };
  },
  exists: (node: JsonNode): Entry => {
    if (node.kind !== 'scalar' || typeof node.value !== 'boolean') {
      throw new PatternError('exists match pattern must be either true or false.', node.at);
    }
    return { kind: 'exists', exists: node.value };
  },
  numeric: (node: JsonNode): Entry => ({ kind: 'test', test: numeric(node) }),
  prefix: (node: JsonNode): Entry => ({ kind: 'test', test: affix('prefix', node) }),
  suffix: (node: JsonNode): Entry => ({ kind: 'test', test: affix('suffix', node) }),
  wildcard: (node: JsonNode): Entry => ({ kind: 'test', test: wildcard(node) }),
} as const;

/** Case is folded as Unicode does without a language. */
function folded(text: string): string {
  return text.toLowerCase();
}

function textOf(node: JsonNode, reason: string): string {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') throw new PatternError(reason, node.at);
  return node.value;
}

const begins = { prefix: 'startsWith', suffix: 'endsWith' } as const;

function affix(kind: 'prefix' | 'suffix', node: JsonNode): Test {
  const nested = node.kind === 'object' ? node.entries[0] : undefined;
  if (nested !== undefined && nested[0] === 'equals-ignore-case') {
    const text = folded(textOf(nested[1], 'equals-ignore-case match pattern must be a string'));
    return strings((value) => folded(value)[begins[kind]](text));
  }
  const text = textOf(node, `${kind} match pattern must be a string`);
  return strings((value) => value[begins[kind]](text));
}

function wildcard(node: JsonNode): Test {
  return strings(compileWildcard(textOf(node, 'wildcard match pattern must be a string'), node.at));
}

/** The values that `anything-but` excludes: values, a list of them, or what one of its operators finds. */
function anythingBut(node: JsonNode): Test {
  const single = 'Value of anything-but must be an array or single string/number value.';
  if (node.kind !== 'object') {
    const reason = node.kind === 'list' ? 'Inside anything but list, start|null|boolean is not supported.' : single;
    const values = new Set(oneOrMore(node).map((each) => plainValue(each, reason)));
    return (value) => values.has(value);
  }
  const [name = '', operand = node] = node.entries[0] ?? [];
  if (name === 'prefix' || name === 'suffix') {
    if (operand.kind === 'object') throw new PatternError(single, operand.at);
    return anyOf(
      oneOrMore(operand).map((each) => {
        const text = textOf(each, 'prefix/suffix match pattern must be a string');
        if (text === '') throw new PatternError('Null prefix/suffix not allowed', each.at);
        return affix(name, each);
      }),
    );
  }
  if (name === 'equals-ignore-case') {
    const reason = 'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.';
    const texts = new Set(oneOrMore(operand).map((each) => folded(textOf(each, reason))));
    return strings((value) => texts.has(folded(value)));
  }
  if (name === 'wildcard') return anyOf(oneOrMore(operand).map(wildcard));
  if (name === '') throw new PatternError(single, node.at);
  throw new PatternError(`Unsupported anything-but pattern: ${name}`, operand.start);
}

function oneOrMore(node: JsonNode): readonly JsonNode[] {
  if (node.kind !== 'list') return [node];
  if (node.items.length === 0) throw new PatternError('Empty arrays are not allowed', node.at);
  return node.items;
}

function plainValue(node: JsonNode, reason: string): Scalar {
  if (node.kind === 'scalar' && (typeof node.value === 'string' || typeof node.value === 'number')) return node.value;
  throw new PatternError(reason, node.at);
}

function anyOf(tests: readonly Test[]): Test {
  return (value) => tests.some((test) => test(value));
}

const comparisons: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '=': (value, limit) => value === limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

/** `["=", 5]`, `["<", 10]` or a range: `[">", 0, "<=", 5]`. */
function numeric(node: JsonNode): Test {
  if (node.kind !== 'list') throw new PatternError('Value of numeric must be an array.', node.at);
  const [operator, limit, upperOperator, upperLimit, ...more] = node.items;
  const lower = comparison(node, operator, limit);
  if (upperOperator === undefined) return (value) => typeof value === 'number' && lower.test(value);
  if (lower.name !== '>' && lower.name !== '>=')
    throw new PatternError('Too many elements in numeric expression', upperOperator.at);
  const name = upperOperator.kind === 'scalar' ? String(upperOperator.value) : '';
  if (name !== '<' && name !== '<=') throw new PatternError(`Bad numeric range operator: ${name}`, upperOperator.at);
  const upper = comparison(node, upperOperator, upperLimit);
  if (lower.limit >= upper.limit) throw new PatternError('Bottom must be less than top', upperOperator.at);
  if (more[0] !== undefined) throw new PatternError('Too many terms in numeric range expression', more[0].at);
  return (value) => typeof value === 'number' && lower.test(value) && upper.test(value);
}

type Comparison = { readonly name: string; readonly limit: number; readonly test: (value: number) => boolean };

function comparison(list: JsonNode, operator: JsonNode | undefined, limit: JsonNode | undefined): Comparison {
  if (operator?.kind !== 'scalar' || typeof operator.value !== 'string') {
    throw new PatternError('Invalid member in numeric match: expected an operator', (operator ?? list).at);
  }
  const compare = Object.hasOwn(comparisons, operator.value) ? comparisons[operator.value] : undefined;
  if (compare === undefined)
    throw new PatternError(`Unrecognized numeric range operator: ${operator.value}`, operator.at);
  if (limit?.kind !== 'scalar' || typeof limit.value !== 'number') {
    throw new PatternError(`Value of ${operator.value} must be numeric`, (limit ?? list).at);
  }
  const bound = limit.value;
  return { name: operator.value, limit: bound, test: (value) => compare(value, bound) };
}
