import type { MemberModel, ShapeModel } from '../model/shape.ts';
import { camel, javaSetOrder, javaText } from './java-text.ts';
import { matcherOf } from './pattern.ts';
import type { ValidationStyle } from './style.ts';

/** One thing wrong: where, with what value, and which rule. */
export type Violation = {
  readonly path: string;
  /** The member itself, as the model spells it. */
  readonly member: MemberModel;
  readonly kind: 'required' | 'enum' | 'pattern' | 'max' | 'min' | 'element';
  /** Printed value; undefined when it must not be printed. */
  readonly value: string | undefined;
  readonly isNull: boolean;
  readonly text: string;
};

/** Adds what is wrong with `value` to `found`. `path` names the value itself. */
export type Check = (value: unknown, path: string, found: Violation[]) => void;

type Rule = { readonly kind: Violation['kind']; readonly holds: (value: never) => boolean; readonly text: string };

const compiled: Readonly<Record<'open' | 'closed', WeakMap<ShapeModel, Check>>> = {
  open: new WeakMap(),
  closed: new WeakMap(),
};

/** Checks of a structure's members; compiled once per shape. undefined when nothing below can be wrong. */
export function structureCheck(shape: ShapeModel, style: ValidationStyle): Check {
  const cache = compiled[style.values ? 'open' : 'closed'];
  const known = cache.get(shape);
  if (known !== undefined) return known;
  let made: Check | undefined;
  cache.set(shape, (value, path, found) => (made as Check)(value, path, found));
  const members = shape.members.map((m) => [m.name, camel(m.name), memberCheck(m, style)] as const);
  const checked = members.filter(([, , check]) => check !== undefined) as (readonly [string, string, Check])[];
  made = (value, path, found) => {
    const object = value as Readonly<Record<string, unknown>>;
    for (const [name, step, check] of checked) check(object[name], path === '' ? step : `${path}.${step}`, found);
  };
  cache.set(shape, made);
  return made;
}

function memberCheck(member: MemberModel, style: ValidationStyle): Check | undefined {
  const own = rulesOf(member.shape, style);
  const inner = innerCheck(member, style);
  if (!member.required && own.length === 0 && inner === undefined) return undefined;
  return (value, path, found) => {
    if (value === undefined || value === null) {
      if (member.required) found.push(violation(member, value, path, 'required', 'Member must not be null'));
      return;
    }
    for (const rule of own)
      if (!rule.holds(value as never)) found.push(violation(member, value, path, rule.kind, rule.text));
    inner?.(value, path, found);
  };
}

/** Checks of what stands inside. Scalars in lists and maps are reported at the list, structures at their own path. */
function innerCheck(member: MemberModel, style: ValidationStyle): Check | undefined {
  const { shape } = member;
  if (shape.kind === 'structure' || shape.kind === 'union') return structureCheck(shape, style);
  if (shape.kind === 'list') return listCheck(member, style);
  return shape.kind === 'map' ? mapCheck(member, style) : undefined;
}

function listCheck(member: MemberModel, style: ValidationStyle): Check {
  const element = member.shape.element as MemberModel;
  const rules = rulesOf(element.shape, style);
  const text = `Member must satisfy constraint: [${describe(rules, true)}]`;
  const inner = innerCheck(element, style);
  return (value, path, found) => {
    const items = value as readonly unknown[];
    const broken = (item: unknown) => (item === null ? !member.shape.sparse : !keeps(rules, item));
    if (items.some(broken)) found.push(violation(member, value, path, 'element', text));
    if (inner === undefined) return;
    items.forEach((item, i) => {
      if (item !== null) inner(item, `${path}.${i + 1}.member`, found);
    });
  };
}

function mapCheck(member: MemberModel, style: ValidationStyle): Check {
  const { key, value: item } = member.shape as { key: MemberModel; value: MemberModel };
  const keyRules = rulesOf(key.shape, style);
  const rules = rulesOf(item.shape, style);
  const keyText = `Map keys must satisfy constraint: [${describe(keyRules, false)}]`;
  const text = `Map value must satisfy constraint: [${describe(rules, true)}]`;
  const inner = innerCheck(item, style);
  return (value, path, found) => {
    const entries = Object.entries(value as object);
    if (!entries.every(([k]) => keeps(keyRules, k))) found.push(violation(member, value, path, 'element', keyText));
    const broken = ([, v]: [string, unknown]) => (v === null ? !member.shape.sparse : !keeps(rules, v));
    if (entries.some(broken)) found.push(violation(member, value, path, 'element', text));
    if (inner !== undefined) for (const [k, v] of entries) if (v !== null) inner(v, `${path}.${k}.member`, found);
  };
}

function keeps(rules: readonly Rule[], value: unknown): boolean {
  return rules.every((rule) => rule.holds(value as never));
}

/** Inside brackets the order is: longest, shortest, pattern, enum, not null. */
function describe(rules: readonly Rule[], notNull: boolean): string {
  const order = ['max', 'min', 'pattern', 'enum'];
  const sorted = [...rules].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)).map((r) => r.text);
  return [...sorted, ...(notNull ? ['Member must not be null'] : [])].join(', ');
}

/** Rules of the value itself, in the order of AWS's messages: pattern, longest, shortest, enum. */
function rulesOf(shape: ShapeModel, style: ValidationStyle): readonly Rule[] {
  const rules: Rule[] = [];
  const { pattern, min, max } = shape;
  if (pattern !== undefined && shape.kind === 'string') {
    const text = `Member must satisfy regular expression pattern: ${pattern}`;
    rules.push({ kind: 'pattern', holds: (value: string) => matcherOf(pattern)?.(value) !== false, text });
  }
  const isNumber = ['integer', 'long', 'float', 'double', 'number'].includes(shape.kind);
  const what = isNumber ? 'value' : 'length';
  if (max !== undefined)
    rules.push({
      kind: 'max',
      holds: (v) => !(size(v) > max),
      text: `Member must have ${what} less than or equal to ${bound(shape, max)}`,
    });
  if (min !== undefined)
    rules.push({
      kind: 'min',
      holds: (v) => !(size(v) < min),
      text: `Member must have ${what} greater than or equal to ${bound(shape, min)}`,
    });
  if (shape.enum !== undefined) {
    const set = new Set(shape.enum);
    const shown = style.values ? `: [${javaSetOrder(shape.enum).join(', ')}]` : '';
    rules.push({
      kind: 'enum',
      holds: (value: string) => set.has(value),
      text: `Member must satisfy enum value set${shown}`,
    });
  }
  return rules;
}

/** A number itself; characters of a string (code points); bytes; elements; entries. NaN, which breaks no bound, for a stream. */
function size(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return /[\ud800-\udbff]/.test(value) ? [...value].length : value.length;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  return typeof value === 'object' && value !== null && !('pipe' in value) ? Object.keys(value).length : Number.NaN;
}

function bound(shape: ShapeModel, value: number): string {
  return (shape.kind === 'double' || shape.kind === 'float') && Number.isInteger(value) ? `${value}.0` : String(value);
}

function violation(
  member: MemberModel,
  value: unknown,
  path: string,
  kind: Violation['kind'],
  text: string,
): Violation {
  const isNull = value === undefined || value === null;
  const printed = isNull || member.sensitive ? undefined : javaText(member.shape, value);
  return { path, member, kind, value: printed, isNull, text };
}
