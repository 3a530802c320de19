import type { MemberModel, OperationModel, ShapeModel } from '#wire/model/shape.ts';
import { hidden } from '#wire/redact.ts';

type Writer = (value: unknown) => unknown;

/** Longest request or response that is recorded whole, in characters (CloudTrail cuts at 100 KB). */
const longestDetail = 100_000;

/** Values this long may make the whole too long; shorter ones are not measured. */
const worthMeasuring = 4_096;

/**
 * Not marked as sensitive by the models, and yet not for whoever reads events: grant tokens give what they stand for, and what is sent
 * (messages, log lines, events, payloads) may be encrypted where it lies.
 */
const unmarked = /^(?:Detail|GrantTokens?|Message|MessageBody|Payload|Subject|logEventMessages|logEvents)$/;

const writers = new WeakMap<ShapeModel, Writer>();

/**
 * A request or a response as CloudTrail writes it: members with lower-case first letters, keys of maps as they are, times as text,
 * bytes only counted, and what the model marks as sensitive hidden.
 *
 * @example detailOf(putParameter, 'input', { Name: '/a', Value: 's' }) // { name: '/a', value: 'HIDDEN_DUE_TO_SECURITY_REASONS' }
 */
export function detailOf(operation: OperationModel, side: 'input' | 'output', value: object): unknown {
  const shape = operation[side];
  if (shape === undefined) return null;
  const written = writerOf(shape)(value);
  return isLong(value) && JSON.stringify(written).length > longestDetail ? { omitted: 'longer than 100 KB' } : written;
}

function isLong(value: object): boolean {
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null) return true;
    if (typeof member === 'string' && member.length > worthMeasuring) return true;
  }
  return false;
}

function writerOf(shape: ShapeModel): Writer {
  const known = writers.get(shape);
  if (known !== undefined) return known;
  let made: Writer = same;
  // A recursive shape reaches itself through this.
  writers.set(shape, (value) => made(value));
  made = compile(shape);
  writers.set(shape, made);
  return made;
}

function compile(shape: ShapeModel): Writer {
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return structureWriter(shape);
    case 'list': {
      const item = memberWriter(shape.element);
      return (value) => (Array.isArray(value) ? value.map(item) : value);
    }
    case 'map': {
      const item = memberWriter(shape.value);
      return (value) => Object.fromEntries(Object.entries(value as object).map(([key, entry]) => [key, item(entry)]));
    }
    case 'timestamp':
      return (value) => (value instanceof Date ? value.toISOString() : value);
    case 'blob':
      return (value) => (value instanceof Uint8Array ? `<${value.length} bytes>` : '<bytes>');
    default:
      return same;
  }
}

function structureWriter(shape: ShapeModel): Writer {
  const members = shape.members.map(
    (member) =>
      [member.name, member.name.charAt(0).toLowerCase() + member.name.slice(1), memberWriter(member)] as const,
  );
  return (value) => {
    const from = value as Record<string, unknown>;
    const to: Record<string, unknown> = {};
    for (const [name, written, write] of members) {
      const member = from[name];
      if (member !== undefined && member !== null) to[written] = write(member);
    }
    return to;
  };
}

function memberWriter(member: MemberModel | undefined): Writer {
  if (member === undefined) return same;
  return member.sensitive || member.shape.sensitive || unmarked.test(member.name)
    ? () => hidden
    : writerOf(member.shape);
}

function same(value: unknown): unknown {
  return value;
}
