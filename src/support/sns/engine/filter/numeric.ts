import { FilterError, type JsonNode, type Scalar } from './json.ts';

const comparisons: ReadonlyMap<string, (value: number, limit: number) => boolean> = new Map([
  ['<', (value: number, limit: number) => value < limit],
  ['<=', (value: number, limit: number) => value <= limit],
  ['=', (value: number, limit: number) => value === limit],
  ['>', (value: number, limit: number) => value > limit],
  ['>=', (value: number, limit: number) => value >= limit],
]);

/**
 * `["=", 5]`, `["<", 10]` or a range: `[">", 0, "<=", 5]`. Reasons and the places they name are AWS's (recordings).
 *
 * @throws FilterError
 */
export function numericTest(node: JsonNode): (value: Scalar) => boolean {
  if (node.kind !== 'list') throw new FilterError('Value of numeric must be an array.', node.told);
  const [operator, limit, second, secondLimit, ...more] = node.items;
  if (operator?.kind !== 'scalar' || typeof operator.value !== 'string') {
    throw new FilterError(
      `Invalid member in numeric match: ${operator === undefined ? ']' : shown(operator)}`,
      operator?.told ?? node.end,
    );
  }
  const name = operator.value;
  const compare = comparisons.get(name);
  if (compare === undefined) {
    // AWS's reader has gone on to what follows the operator.
    throw new FilterError(`Unrecognized numeric range operator: ${name}`, limit?.told ?? node.end);
  }
  const bound = numberIn(limit, name, node);
  if (second === undefined) return (value) => typeof value === 'number' && compare(value, bound);
  if (name !== '>' && name !== '>=') throw new FilterError('Too many elements in numeric expression', second.told);
  if (second.kind !== 'scalar' || typeof second.value !== 'string') {
    throw new FilterError(`Bad value in numeric range: ${shown(second)}`, second.end);
  }
  const upperName = second.value;
  const upper = upperName === '<' || upperName === '<=' ? comparisons.get(upperName) : undefined;
  if (upper === undefined) throw new FilterError(`Bad numeric range operator: ${upperName}`, second.end);
  const top = numberIn(secondLimit, upperName, node);
  if (more[0] !== undefined) throw new FilterError('Too many terms in numeric range expression', more[0].told);
  if (bound >= top) throw new FilterError('Bottom must be less than top', node.end);
  return (value) => typeof value === 'number' && compare(value, bound) && upper(value, top);
}

function numberIn(limit: JsonNode | undefined, operator: string, list: JsonNode): number {
  if (limit?.kind === 'scalar' && typeof limit.value === 'number') return limit.value;
  const name = operator === '=' ? 'equals' : operator;
  throw new FilterError(`Value of ${name} must be numeric`, limit?.told ?? list.end);
}

function shown(node: JsonNode): string {
  if (node.kind === 'scalar') return String(node.value);
  return node.kind === 'list' ? '[' : '{';
}
