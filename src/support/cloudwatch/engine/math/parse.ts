/** A metric math expression (CloudWatch user guide, "Using math expressions with CloudWatch metrics"). */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'negate'; readonly of: Expression }
  | { readonly kind: 'operator'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] };

/** An expression that cannot be read; the message says why. */
export class ExpressionError extends Error {}

const maxDepth = 50;

/** From the loosest to the closest binding. */
const levels: readonly (readonly string[])[] = [
  ['||', 'OR'],
  ['&&', 'AND'],
  ['==', '!=', '<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/', '%'],
  ['^'],
];

const token =
  /\s*(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+|[A-Za-z]\w*|"[^"]*"|'[^']*'|\|\||&&|==|!=|<=|>=|[-+*/%^<>(),[\]])/y;

/** @throws ExpressionError */
export function parseExpression(text: string): Expression {
  const tokens = tokensOf(text);
  let at = 0;
  let depth = 0;
  const peek = () => tokens[at];
  const expect = (wanted: string) => {
    if (tokens[at] !== wanted) throw new ExpressionError(`expected ${wanted} at ${tokens[at] ?? 'the end'}`);
    at += 1;
  };

  const binary = (level: number): Expression => {
    const operators = levels[level];
    if (operators === undefined) return unary();
    let left = binary(level + 1);
    for (let operator = peek(); operator !== undefined && operators.includes(operator); operator = peek()) {
      at += 1;
      left = { kind: 'operator', operator, left, right: binary(level + 1) };
    }
    return left;
  };
  const unary = (): Expression => {
    depth += 1;
    if (depth > maxDepth) throw new ExpressionError('the expression is nested too deeply');
    try {
      if (peek() !== '-') return primary();
      at += 1;
      return { kind: 'negate', of: unary() };
    } finally {
      depth -= 1;
    }
  };
  const listTo = (end: string): readonly Expression[] => {
    const items: Expression[] = [];
    while (peek() !== end) {
      if (items.length > 0) expect(',');
      items.push(binary(0));
    }
    at += 1;
    return items;
  };
  const primary = (): Expression => {
    const taken = tokens[at];
    if (taken === undefined) throw new ExpressionError('the expression ends too early');
    at += 1;
    if (/^[\d.]/.test(taken)) return { kind: 'number', value: Number(taken) };
    if (/^["']/.test(taken)) return { kind: 'text', value: taken.slice(1, -1) };
    if (taken === '(') {
      const inner = binary(0);
      expect(')');
      return inner;
    }
    if (taken === '[') return { kind: 'list', items: listTo(']') };
    if (!/^[A-Za-z]/.test(taken)) throw new ExpressionError(`nothing is expected at ${taken}`);
    if (peek() !== '(') return { kind: 'name', name: taken };
    at += 1;
    return { kind: 'call', name: taken.toUpperCase(), args: listTo(')') };
  };

  const parsed = binary(0);
  if (at < tokens.length) throw new ExpressionError(`nothing is expected at ${tokens[at]}`);
  return parsed;
}

/** Ids that an expression names. */
export function namesIn(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'name':
      return [expression.name];
    case 'negate':
      return namesIn(expression.of);
    case 'operator':
      return [...namesIn(expression.left), ...namesIn(expression.right)];
    case 'list':
      return expression.items.flatMap(namesIn);
    case 'call':
      return expression.args.flatMap(namesIn);
    default:
      return [];
  }
}

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  const trimmed = text.trimEnd();
  token.lastIndex = 0;
  while (token.lastIndex < trimmed.length) {
    const from = token.lastIndex;
    const match = token.exec(trimmed);
    if (match === null) throw new ExpressionError(`not understood from ${trimmed.slice(from, from + 20).trim()}`);
    tokens.push(match[1] ?? '');
  }
  return tokens;
}
