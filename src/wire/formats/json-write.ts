import type { MemberModel, ShapeModel } from '../model/shape.ts';
import { base64Encode } from './base64.ts';
import { type JsonNames, wireName } from './json-read.ts';
import { dateText, epochText } from './timestamp.ts';

/** Value of the shape → JSON text. */
type Write = (value: unknown) => string;

const compiled: Readonly<Record<JsonNames, WeakMap<ShapeModel, Write>>> = {
  member: new WeakMap(),
  location: new WeakMap(),
};

/** Writer of a shape; compiled once per shape. Members that are undefined or null are left out. */
export function jsonWriter(shape: ShapeModel, names: JsonNames): (value: unknown) => string {
  const known = compiled[names].get(shape);
  if (known !== undefined) return known;
  let made: Write | undefined;
  compiled[names].set(shape, (value) => (made as Write)(value));
  made = compile(shape, names);
  compiled[names].set(shape, made);
  return made;
}

/** Writer of some members of a structure only (REST: what is not bound to headers or the status). */
export function jsonMembersWriter(members: readonly MemberModel[], names: JsonNames): (value: unknown) => string {
  const count = members.length;
  const keys = members.map((m) => m.name);
  const heads = members.map((m) => `${JSON.stringify(wireName(m, names))}:`);
  const writers = members.map((m) => memberWriter(m, names));
  return (value) => {
    const object = value as Readonly<Record<string, unknown>>;
    let text = '{';
    for (let i = 0; i < count; i++) {
      const member = object[keys[i] as string];
      if (member === undefined || member === null) continue;
      text += (text.length === 1 ? '' : ',') + heads[i] + (writers[i] as Write)(member);
    }
    return `${text}}`;
  };
}

function compile(shape: ShapeModel, names: JsonNames): Write {
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return jsonMembersWriter(shape.members, names);
    case 'list': {
      const write = memberWriter(shape.element as MemberModel, names);
      return (value) => {
        let text = '[';
        for (const item of value as readonly unknown[]) {
          if (item === undefined || (item === null && !shape.sparse)) continue;
          text += (text.length === 1 ? '' : ',') + (item === null ? 'null' : write(item));
        }
        return `${text}]`;
      };
    }
    case 'map': {
      const write = memberWriter(shape.value as MemberModel, names);
      return (value) => {
        const object = value as Readonly<Record<string, unknown>>;
        let text = '{';
        for (const key of Object.keys(object)) {
          const item = object[key];
          if (item === undefined || (item === null && !shape.sparse)) continue;
          text += `${(text.length === 1 ? '' : ',') + JSON.stringify(key)}:${item === null ? 'null' : write(item)}`;
        }
        return `${text}}`;
      };
    }
    default:
      return scalar(shape, undefined);
  }
}

function memberWriter(member: MemberModel, names: JsonNames): Write {
  return member.shape.kind === 'timestamp' ? scalar(member.shape, member) : jsonWriter(member.shape, names);
}

function scalar(shape: ShapeModel, member: MemberModel | undefined): Write {
  switch (shape.kind) {
    case 'blob':
      return (value) => `"${base64Encode(value as Uint8Array | string)}"`;
    case 'timestamp': {
      const format = member?.timestampFormat ?? shape.timestampFormat ?? 'unixTimestamp';
      if (format === 'unixTimestamp') return (value) => epochText(value as Date);
      return (value) => `"${dateText(value as Date, format, 'trimmed')}"`;
    }
    case 'string':
    case 'document':
      return (value) => JSON.stringify(value);
    case 'boolean':
      return (value) => (value === true ? 'true' : 'false');
    default:
      return (value) => {
        const number = value as number | bigint;
        return typeof number === 'bigint' || Number.isFinite(number) ? String(number) : `"${number}"`;
      };
  }
}
