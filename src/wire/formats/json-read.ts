import type { MemberModel, ShapeModel } from '../model/shape.ts';
import { base64Decode } from './base64.ts';
import { Malformed, maxDepth, notA, tooDeep } from './malformed.ts';
import { fits, numberName, specialNumber } from './number.ts';
import { setKey } from './record.ts';
import { dateOfEpoch, dateOfText } from './timestamp.ts';

/** Parsed JSON (or CBOR) → value of the shape. `depth` counts from 0. @throws Malformed */
export type JsonReader = (value: unknown, depth: number) => unknown;

/** How members are named: awsJson uses the member's own name, REST-JSON its `jsonName`. */
export type JsonNames = 'member' | 'location';
/** CBOR is read as awsJson is, but has bytes, times and non-finite numbers of its own. */
export type ParsedForm = JsonNames | 'cbor';

const compiled: Readonly<Record<ParsedForm, WeakMap<ShapeModel, JsonReader>>> = {
  cbor: new WeakMap(),
  member: new WeakMap(),
  location: new WeakMap(),
};

/**
 * JSON text → parsed value. Of repeated keys the last counts (as in AWS); `__proto__` is a key like any other.
 *
 * @throws Malformed
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Malformed('Could not parse the request body as JSON');
  }
}

/** Reader of a shape; compiled once per shape. */
export function jsonReader(shape: ShapeModel, names: ParsedForm): JsonReader {
  const known = compiled[names].get(shape);
  if (known !== undefined) return known;
  let made: JsonReader | undefined;
  // Registered before it is compiled: shapes may be recursive.
  const forward: JsonReader = (value, depth) => (made as JsonReader)(value, depth);
  compiled[names].set(shape, forward);
  made = compile(shape, names);
  compiled[names].set(shape, made);
  return made;
}

function compile(shape: ShapeModel, names: ParsedForm): JsonReader {
  switch (shape.kind) {
    case 'structure':
      return structure(shape, names);
    case 'union':
      return union(shape, names);
    case 'list':
      return list(shape, names);
    case 'map':
      return map(shape, names);
    default:
      return scalar(shape, undefined, names);
  }
}

function structure(shape: ShapeModel, names: ParsedForm): JsonReader {
  const count = shape.members.length;
  const keys = shape.members.map((m) => m.name);
  const wire = shape.members.map((m) => wireName(m, names));
  const readers = shape.members.map((m) => memberReader(m, names));
  return (value, depth) => {
    const object = objectOf(value, depth);
    const out: Record<string, unknown> = {};
    for (let i = 0; i < count; i++) {
      const name = wire[i] as string;
      const member = object[name];
      // `hasOwn` guards the few names that also live on Object.prototype (`constructor`, `toString`).
      if (member === undefined || member === null || !Object.hasOwn(object, name)) continue;
      out[keys[i] as string] = (readers[i] as JsonReader)(member, depth + 1);
    }
    return out;
  };
}

function union(shape: ShapeModel, names: ParsedForm): JsonReader {
  const read = structure(shape, names);
  return (value, depth) => {
    const out = read(value, depth) as Record<string, unknown>;
    if (Object.keys(out).length !== 1) throw new Malformed(`Union ${shape.name} must have exactly one member set`);
    return out;
  };
}

function list(shape: ShapeModel, names: ParsedForm): JsonReader {
  const read = memberReader(shape.element as MemberModel, names);
  return (value, depth) => {
    if (depth > maxDepth) throw tooDeep();
    if (!Array.isArray(value)) throw notAList(value);
    const out = new Array<unknown>(value.length);
    // A null element stays null: validation answers "Member must not be null".
    for (let i = 0; i < value.length; i++) out[i] = value[i] === null ? null : read(value[i], depth + 1);
    return out;
  };
}

function map(shape: ShapeModel, names: ParsedForm): JsonReader {
  const read = memberReader(shape.value as MemberModel, names);
  return (value, depth) => {
    const object = objectOf(value, depth);
    const out: Record<string, unknown> = {};
    for (const key of Object.keys(object)) {
      const member = object[key];
      setKey(out, key, member === null ? null : read(member, depth + 1));
    }
    return out;
  };
}

function memberReader(member: MemberModel, names: ParsedForm): JsonReader {
  return member.shape.kind === 'timestamp' ? scalar(member.shape, member, names) : jsonReader(member.shape, names);
}

function scalar(shape: ShapeModel, member: MemberModel | undefined, names: ParsedForm): JsonReader {
  if (names === 'cbor') return cborScalar(shape) ?? scalar(shape, member, 'member');
  switch (shape.kind) {
    case 'string':
      return (value) => {
        if (typeof value !== 'string') throw notA(value, 'String');
        return value;
      };
    case 'boolean':
      return (value) => {
        if (typeof value !== 'boolean') throw notA(value, 'Boolean');
        return value;
      };
    case 'blob':
      return (value) => {
        if (typeof value !== 'string') throw notA(value, 'Blob');
        return base64Decode(value);
      };
    case 'timestamp': {
      const format = member?.timestampFormat ?? shape.timestampFormat ?? 'unixTimestamp';
      return (value) => {
        if (format === 'unixTimestamp' && typeof value === 'number') return dateOfEpoch(value);
        if (format !== 'unixTimestamp' && typeof value === 'string') return dateOfText(value, format);
        throw notA(value, 'Timestamp');
      };
    }
    case 'document':
      return (value, depth) => {
        checkDepth(value, depth);
        return value;
      };
    default: {
      const kind = shape.kind;
      return (value) => {
        if (typeof value === 'number' && fits(kind, value)) return value;
        const named = typeof value === 'string' ? specialNumber(kind, value) : undefined;
        if (named === undefined) throw notA(value, numberName(kind));
        return named;
      };
    }
  }
}

/** What CBOR can say itself; undefined where it is read as in JSON. */
function cborScalar(shape: ShapeModel): JsonReader | undefined {
  switch (shape.kind) {
    case 'blob':
      return (value) => {
        if (!(value instanceof Uint8Array)) throw notA(value, 'Blob');
        return value;
      };
    case 'timestamp':
      return (value) => {
        if (!(value instanceof Date)) throw notA(value, 'Timestamp');
        return value;
      };
    case 'float':
    case 'double':
    case 'number':
      return (value) => {
        if (typeof value !== 'number') throw notA(value, numberName(shape.kind));
        return value;
      };
    default:
      return undefined;
  }
}

/** Name of a member in JSON. */
export function wireName(member: MemberModel, names: ParsedForm): string {
  return names === 'location' ? (member.locationName ?? member.name) : member.name;
}

function objectOf(value: unknown, depth: number): Record<string, unknown> {
  if (depth > maxDepth) throw tooDeep();
  if (typeof value !== 'object' || value === null) throw new Malformed('Unexpected value type in payload');
  if (Array.isArray(value)) throw new Malformed('Start of list found where not expected');
  return value as Record<string, unknown>;
}

function notAList(value: unknown): Malformed {
  if (typeof value === 'object') return new Malformed('Start of structure or map found where not expected');
  return new Malformed('Unexpected field type');
}

function checkDepth(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > maxDepth) throw tooDeep();
  for (const item of Array.isArray(value) ? value : Object.values(value)) checkDepth(item, depth + 1);
}
