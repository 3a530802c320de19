/**
 * Event filtering ("Filter rule syntax"): which messages reach a function. A pattern has the shape of the event; its leaves are lists of
 * values and rules, of which one must hold.
 */
export type Pattern = { readonly [key: string]: Pattern | readonly unknown[] };

/** A pattern's text, read. undefined for what is none. */
export function parsePattern(text: string): Pattern | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isObject(value) && isPattern(value) ? (value as Pattern) : undefined;
}

/** @param event as the pattern sees it */
export function matches(pattern: Pattern, event: unknown): boolean {
  return Object.entries(pattern).every(([key, rules]) => {
    if (key === '$or' && Array.isArray(rules))
      return (rules as readonly Pattern[]).some((each) => matches(each, event));
    const value = isObject(event) ? event[key] : undefined;
    if (!Array.isArray(rules)) return isObject(value) && matches(rules as Pattern, value);
    return holds(rules, value);
  });
}

function holds(rules: readonly unknown[], value: unknown): boolean {
  const values = Array.isArray(value) ? value : [value];
  return rules.some((rule) => {
    if (isObject(rule) && 'exists' in rule) return rule.exists === (value !== undefined);
    return values.some((each) => one(rule, each));
  });
}

function one(rule: unknown, value: unknown): boolean {
  if (!isObject(rule)) return rule === value && value !== undefined;
  const [[name, wanted] = ['', undefined]] = Object.entries(rule);
  switch (name) {
    case 'prefix':
      return typeof value === 'string' && typeof wanted === 'string' && value.startsWith(wanted);
    case 'suffix':
      return typeof value === 'string' && typeof wanted === 'string' && value.endsWith(wanted);
    case 'equals-ignore-case':
      return typeof value === 'string' && value.toLowerCase() === String(wanted).toLowerCase();
    case 'anything-but':
      return value !== undefined && !refusedBy(wanted, value);
    case 'numeric':
      return typeof value === 'number' && inRange(wanted as readonly (string | number)[], value);
    default:
      return false;
  }
}

function refusedBy(wanted: unknown, value: unknown): boolean {
  const list = Array.isArray(wanted) ? wanted : [wanted];
  return list.some((each) => (isObject(each) ? one(each, value) : each === value));
}

function inRange(parts: readonly (string | number)[], value: number): boolean {
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const bound = Number(parts[i + 1]);
    const holdsHere: Readonly<Record<string, boolean>> = {
      '=': value === bound,
      '<': value < bound,
      '<=': value <= bound,
      '>': value > bound,
      '>=': value >= bound,
    };
    if (holdsHere[String(parts[i])] !== true) return false;
  }
  return true;
}

/** Depth is limited: patterns are walked recursively. */
function isPattern(value: Record<string, unknown>, depth = 0): boolean {
  if (depth > 20) return false;
  const entries = Object.entries(value);
  return (
    entries.length > 0 &&
    entries.every(([key, rules]) => {
      if (key === '$or')
        return (
          Array.isArray(rules) &&
          rules.length > 0 &&
          rules.every((each) => isObject(each) && isPattern(each, depth + 1))
        );
      if (Array.isArray(rules)) return rules.length > 0 && rules.every(isRule);
      return isObject(rules) && isPattern(rules, depth + 1);
    })
  );
}

const isText = (value: unknown): boolean => typeof value === 'string';
const ruleForms: Readonly<Record<string, (wanted: unknown) => boolean>> = {
  prefix: isText,
  suffix: isText,
  'equals-ignore-case': isText,
  exists: (wanted) => typeof wanted === 'boolean',
  'anything-but': (wanted) => wanted !== null && wanted !== undefined,
  numeric: isNumeric,
};

function isRule(rule: unknown): boolean {
  if (!isObject(rule)) return !Array.isArray(rule);
  const [name, ...more] = Object.keys(rule);
  return name !== undefined && more.length === 0 && ruleForms[name]?.(rule[name]) === true;
}

function isNumeric(wanted: unknown): boolean {
  if (!Array.isArray(wanted) || wanted.length < 2 || wanted.length % 2 !== 0) return false;
  return wanted.every((part, i) => (i % 2 === 0 ? /^(=|<|<=|>|>=)$/.test(String(part)) : typeof part === 'number'));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
