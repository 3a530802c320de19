import type { MemberModel, ShapeModel } from '../model/shape.ts';
import { base64Decode } from './base64.ts';
import { Malformed } from './malformed.ts';
import { booleanOfText, numberOfText } from './number.ts';
import type { QueryNode } from './query-tree.ts';
import { setKey } from './record.ts';
import { dateOfText } from './timestamp.ts';

/** awsQuery names members by locationName; ec2 by queryName, or locationName with a capital. Lists are always flat in ec2. */
export type QueryDialect = 'query' | 'ec2';

type Reader = (node: QueryNode) => unknown;

const compiled: Readonly<Record<QueryDialect, WeakMap<ShapeModel, Reader>>> = {
  query: new WeakMap(),
  ec2: new WeakMap(),
};

/**
 * Reader of a structure's members from the parameter tree; compiled once per shape. Unknown parameters are ignored.
 *
 * @example queryReader(input, 'query')(queryTree(formPairs('UserName=ann&Tags.member.1.Key=a')))
 */
export function queryReader(shape: ShapeModel, dialect: QueryDialect): Reader {
  const known = compiled[dialect].get(shape);
  if (known !== undefined) return known;
  let made: Reader | undefined;
  compiled[dialect].set(shape, (node) => (made as Reader)(node));
  made = shape.kind === 'structure' || shape.kind === 'union' ? structure(shape, dialect) : scalar(shape, undefined);
  compiled[dialect].set(shape, made);
  return made;
}

function structure(shape: ShapeModel, dialect: QueryDialect): Reader {
  const members = shape.members.map((m) => [m.name, nameOf(m, dialect), memberReader(m, dialect)] as const);
  const union = shape.kind === 'union';
  return (node) => {
    const out: Record<string, unknown> = {};
    for (const [key, name, read] of members) {
      const child = node.children.get(name);
      if (child !== undefined) out[key] = read(child);
    }
    if (union && Object.keys(out).length !== 1)
      throw new Malformed(`Union ${shape.name} must have exactly one member set`);
    return out;
  };
}

function memberReader(member: MemberModel, dialect: QueryDialect): Reader {
  const { shape } = member;
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return queryReader(shape, dialect);
    case 'list':
      return list(member, dialect);
    case 'map':
      return map(member, dialect);
    default:
      return scalar(shape, member);
  }
}

function list(member: MemberModel, dialect: QueryDialect): Reader {
  const element = member.shape.element as MemberModel;
  const read = memberReader(element, dialect);
  const step = member.flattened || dialect === 'ec2' ? undefined : (element.locationName ?? 'member');
  return (node) => {
    const at = step === undefined ? node : node.children.get(step);
    return at === undefined ? [] : indexed(at).map(read);
  };
}

function map(member: MemberModel, dialect: QueryDialect): Reader {
  const { key, value } = member.shape as { key: MemberModel; value: MemberModel };
  const [keyName, valueName] = [key.locationName ?? 'key', value.locationName ?? 'value'];
  const read = memberReader(value, dialect);
  return (node) => {
    const out: Record<string, unknown> = {};
    const at = member.flattened ? node : node.children.get('entry');
    if (at === undefined) return out;
    for (const entry of indexed(at)) {
      const name = entry.children.get(keyName)?.value;
      const item = entry.children.get(valueName);
      if (name === undefined) throw new Malformed('A map entry has no key');
      setKey(out, name, item === undefined ? null : read(item));
    }
    return out;
  };
}

/** Children `1`, `2`, … in numeric order; gaps close up, as in AWS. */
function indexed(node: QueryNode): QueryNode[] {
  const found: [number, QueryNode][] = [];
  for (const [step, child] of node.children) {
    if (!/^\d{1,9}$/.test(step)) throw new Malformed(`'${step.slice(0, 50)}' is not a valid list index`);
    found.push([Number(step), child]);
  }
  return found.sort(([a], [b]) => a - b).map(([, child]) => child);
}

function scalar(shape: ShapeModel, member: MemberModel | undefined): Reader {
  const read = textReader(shape, member);
  return (node) => {
    if (node.value === undefined) throw new Malformed('Start of structure or map found where not expected');
    return read(node.value);
  };
}

/** Reader of a scalar written as text. */
export function textReader(shape: ShapeModel, member: MemberModel | undefined): (text: string) => unknown {
  switch (shape.kind) {
    case 'string':
      return (text) => text;
    case 'boolean':
      return booleanOfText;
    case 'blob':
      return base64Decode;
    case 'timestamp': {
      const format = member?.timestampFormat ?? shape.timestampFormat;
      return (text) => dateOfText(text, format);
    }
    default: {
      const { kind } = shape;
      return (text) => numberOfText(kind, text);
    }
  }
}

function nameOf(member: MemberModel, dialect: QueryDialect): string {
  if (dialect === 'query') return member.locationName ?? member.name;
  if (member.queryName !== undefined) return member.queryName;
  const name = member.locationName ?? member.name;
  return name.charAt(0).toUpperCase() + name.slice(1);
}
