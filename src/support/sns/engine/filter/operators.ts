import { compileCidr } from './cidr.ts';
import { FilterError, type JsonNode, type Scalar } from './json.ts';
import { numericTest } from './numeric.ts';

/** Decides about one value of a message. */
export type Test = (value: Scalar) => boolean;

/** One entry of a policy's list: a value to be equal to, a test, or whether the name is there at all. */
export type Entry =
  | { readonly kind: 'equal'; readonly value: Scalar }
  | { readonly kind: 'test'; readonly test: Test }
  | { readonly kind: 'exists'; readonly exists: boolean };

const plainExpected = 'Match value must be String, number, true, false, or null';

/** Reads an entry. Reasons are AWS's (recordings). @throws FilterError */
export function readEntry(node: JsonNode): Entry {
  if (node.kind === 'scalar') return { kind: 'equal', value: node.value };
  if (node.kind === 'list') throw new FilterError(plainExpected, node.told);
  const [first, second] = node.entries;
  if (first === undefined) throw new FilterError(plainExpected, node.told);
  const [name, operand] = first;
  const read = operators.get(name);
  if (read === undefined) throw new FilterError(`Unrecognized match type ${name}`, operand.told);
  const entry = read(operand);
  if (second !== undefined) throw new FilterError('Only one key allowed in match expression', second[1].told);
  return entry;
}

const strings =
  (test: (text: string) => boolean): Test =>
  (value) =>
    typeof value === 'string' && test(value);

/** Alphabetical, as in the policy language. */
const operators: ReadonlyMap<string, (node: JsonNode) => Entry> = new Map<string, (node: JsonNode) => Entry>([
  [
    'anything-but',
    (node) => {
      const excluded = anythingBut(node);
      return { kind: 'test', test: (value) => !excluded(value) };
    },
  ],
  // The reason names the prefix operator, as AWS's does.
  ['cidr', (node) => ({ kind: 'test', test: strings(compileCidr(textOf(node, 'prefix'))) })],
  [
    'equals-ignore-case',
    (node) => {
      const text = folded(textOf(node, 'equals-ignore-case'));
      return { kind: 'test', test: strings((value) => folded(value) === text) };
    },
  ],
  [
    'exists',
    (node) => {
      if (node.kind === 'scalar' && typeof node.value === 'boolean') return { kind: 'exists', exists: node.value };
      throw new FilterError('exists match pattern must be either true or false.', node.told);
    },
  ],
  ['numeric', (node) => ({ kind: 'test', test: numericTest(node) })],
  ['prefix', (node) => ({ kind: 'test', test: prefixTest(node) })],
  [
    'suffix',
    (node) => {
      const text = textOf(node, 'suffix');
      return { kind: 'test', test: strings((value) => value.endsWith(text)) };
    },
  ],
]);

/** Case is folded as Unicode does without a language. */
function folded(text: string): string {
  return text.toLowerCase();
}

function textOf(node: JsonNode, operator: string): string {
  if (node.kind === 'scalar' && typeof node.value === 'string') return node.value;
  throw new FilterError(`${operator} match pattern must be a string`, node.told);
}

function prefixTest(node: JsonNode): Test {
  const text = textOf(node, 'prefix');
  return strings((value) => value.startsWith(text));
}

/** The values that `anything-but` excludes: values, a list of them, or what its operator finds. */
function anythingBut(node: JsonNode): Test {
  const single = 'Value of anything-but must be an array or single string/number value.';
  if (node.kind === 'object') {
    const [name, operand = node] = node.entries[0] ?? [];
    if (name === undefined) throw new FilterError(single, node.told);
    if (name !== 'prefix') throw new FilterError(`Unsupported anything-but pattern: ${name}`, operand.told);
    return prefixTest(operand);
  }
  const reason = node.kind === 'list' ? 'Inside anything but list, start|null|boolean is not supported.' : single;
  const nodes = node.kind === 'list' ? node.items : [node];
  if (nodes.length === 0) throw new FilterError('Empty arrays are not allowed', node.end);
  const values = new Set<Scalar>();
  for (const each of nodes) {
    if (each.kind !== 'scalar' || typeof each.value === 'boolean' || each.value === null) {
      throw new FilterError(reason, each.told);
    }
    values.add(each.value);
  }
  return (value) => values.has(value);
}
