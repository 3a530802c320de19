import { setKey } from './formats/record.ts';
import type { MemberModel, OperationModel, ShapeModel } from './model/shape.ts';

/** What AWS writes in CloudTrail in place of a sensitive value. */
export const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/** undefined: nothing sensitive below, the value stays as it is. */
type Redactor = ((value: unknown) => unknown) | undefined;

const compiled = new WeakMap<ShapeModel, { redactor: Redactor }>();

/**
 * Copy of an input or output in which every member that the model marks sensitive reads `HIDDEN_DUE_TO_SECURITY_REASONS`.
 * Parts without sensitive members are shared with the original. For audit records and logs.
 *
 * @example redact(op, 'input', { Name: '/db', Value: 'secret' }) // { Name: '/db', Value: 'HIDDEN_DUE_TO_SECURITY_REASONS' }
 */
export function redact(
  op: OperationModel,
  direction: 'input' | 'output',
  value: Record<string, unknown>,
): Record<string, unknown> {
  const shape = direction === 'input' ? op.input : op.output;
  const redactor = shape === undefined ? undefined : redactorOf(shape);
  return redactor === undefined ? value : (redactor(value) as Record<string, unknown>);
}

function redactorOf(shape: ShapeModel): Redactor {
  const known = compiled.get(shape);
  if (known !== undefined) return known.redactor;
  if (!hasSensitive(shape, new Set())) {
    compiled.set(shape, { redactor: undefined });
    return undefined;
  }
  const entry: { redactor: Redactor } = { redactor: undefined };
  // A recursive shape reaches itself through its entry, which is filled below.
  let made: Redactor;
  entry.redactor = (value) => (made === undefined ? value : made(value));
  compiled.set(shape, entry);
  made = compile(shape);
  entry.redactor = made;
  return made;
}

function compile(shape: ShapeModel): Redactor {
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return structure(shape);
    case 'list': {
      const item = memberRedactor(shape.element as MemberModel);
      return item && ((value) => (Array.isArray(value) ? value.map((v) => apply(item, v)) : value));
    }
    case 'map': {
      const item = memberRedactor(shape.value as MemberModel);
      return item && ((value) => mapOf(value, (_, v) => apply(item, v)));
    }
    default:
      return undefined;
  }
}

function structure(shape: ShapeModel): Redactor {
  const redactors = new Map<string, Redactor>();
  for (const member of shape.members) {
    const redactor = memberRedactor(member);
    if (redactor !== undefined) redactors.set(member.name, redactor);
  }
  return (value) => mapOf(value, (key, v) => apply(redactors.get(key), v));
}

function memberRedactor(member: MemberModel): Redactor {
  return member.sensitive ? () => hidden : redactorOf(member.shape);
}

function apply(redactor: Redactor, value: unknown): unknown {
  return redactor === undefined || value === undefined || value === null ? value : redactor(value);
}

function mapOf(value: unknown, f: (key: string, value: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) setKey(out, key, f(key, item));
  return out;
}

function hasSensitive(shape: ShapeModel, seen: Set<ShapeModel>): boolean {
  if (seen.has(shape)) return false;
  seen.add(shape);
  const parts = [...shape.members, shape.element, shape.value].filter((m) => m !== undefined);
  return parts.some((m) => m.sensitive || hasSensitive(m.shape, seen));
}
