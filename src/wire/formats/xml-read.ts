import type { MemberModel, ShapeModel } from '../model/shape.ts';
import { Malformed } from './malformed.ts';
import { textReader } from './query-read.ts';
import { setKey } from './record.ts';
import type { XmlNode } from './xml-parse.ts';

type Reader = (node: XmlNode) => unknown;

const compiled = new WeakMap<ShapeModel, Reader>();

/** Reader of what stands inside a shape's element; compiled once per shape. Unknown elements are ignored. */
export function xmlReader(shape: ShapeModel): Reader {
  const known = compiled.get(shape);
  if (known !== undefined) return known;
  let made: Reader | undefined;
  compiled.set(shape, (node) => (made as Reader)(node));
  made =
    shape.kind === 'structure' || shape.kind === 'union'
      ? xmlMembersReader(shape, shape.members)
      : scalar(shape, undefined);
  compiled.set(shape, made);
  return made;
}

/** Reader of some members of a structure (REST: those that stand in the body). */
export function xmlMembersReader(
  shape: ShapeModel,
  members: readonly MemberModel[],
): (node: XmlNode) => Record<string, unknown> {
  const elements = new Map<string, readonly [MemberModel, Reader]>();
  for (const m of members) if (!m.xmlAttribute) elements.set(m.locationName ?? m.name, [m, elementReader(m)]);
  const attributes = members.filter((m) => m.xmlAttribute);
  const union = shape.kind === 'union';
  return (node) => {
    const out: Record<string, unknown> = {};
    for (const m of attributes) {
      const value = node.attributes.get(m.locationName ?? m.name);
      if (value !== undefined) out[m.name] = value;
    }
    for (const child of node.children) {
      const found = elements.get(child.name);
      if (found === undefined) continue;
      const [member, read] = found;
      if (!member.flattened) out[member.name] = read(child);
      else if (member.shape.kind === 'list') {
        const items = out[member.name] as unknown[] | undefined;
        if (items === undefined) out[member.name] = [read(child)];
        else items.push(read(child));
      } else {
        const entries = (out[member.name] ?? {}) as Record<string, unknown>;
        out[member.name] = entries;
        // Not Object.assign, which would follow a `__proto__` key.
        for (const [key, value] of Object.entries(read(child) as object)) setKey(entries, key, value);
      }
    }
    if (union && Object.keys(out).length !== 1)
      throw new Malformed(`Union ${shape.name} must have exactly one member set`);
    return out;
  };
}

function elementReader(member: MemberModel): Reader {
  const { shape } = member;
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return xmlReader(shape);
    case 'list':
      return list(member);
    case 'map':
      return map(member);
    default:
      return scalar(shape, member);
  }
}

function list(member: MemberModel): Reader {
  const element = member.shape.element as MemberModel;
  const read = elementReader(element);
  if (member.flattened) return read;
  const name = element.locationName ?? 'member';
  return (node) => node.children.filter((child) => child.name === name).map(read);
}

function map(member: MemberModel): Reader {
  const { key, value } = member.shape as { key: MemberModel; value: MemberModel };
  const [keyName, valueName] = [key.locationName ?? 'key', value.locationName ?? 'value'];
  const read = elementReader(value);
  const entry = (node: XmlNode, out: Record<string, unknown>): void => {
    const k = node.children.find((child) => child.name === keyName);
    const v = node.children.find((child) => child.name === valueName);
    if (k === undefined || v === undefined) throw new Malformed('A map entry has no key or value');
    setKey(out, k.text, read(v));
  };
  return (node) => {
    const out: Record<string, unknown> = {};
    if (member.flattened) entry(node, out);
    else for (const child of node.children) if (child.name === 'entry') entry(child, out);
    return out;
  };
}

function scalar(shape: ShapeModel, member: MemberModel | undefined): Reader {
  const read = textReader(shape, member);
  const isText = shape.kind === 'string';
  return (node) => {
    if (node.children.length > 0) throw new Malformed(`Element ${node.name} has elements where text was expected`);
    return read(isText ? node.text : node.text.trim());
  };
}
