import { Malformed } from '../formats/malformed.ts';
import { textReader } from '../formats/query-read.ts';
import { formPairs } from '../formats/query-tree.ts';
import { setKey } from '../formats/record.ts';
import type { WireRequest } from '../message.ts';
import type { MemberModel, OperationModel, ShapeModel } from '../model/shape.ts';
import type { RouteLabels } from '../protocol.ts';

type Sources = {
  readonly request: WireRequest;
  readonly labels: RouteLabels;
  readonly query: ReadonlyMap<string, readonly string[]>;
};
type Binding = (sources: Sources, out: Record<string, unknown>) => void;

const compiled = new WeakMap<OperationModel, readonly Binding[]>();

/** Reads what of the input stands in the path, the query and the headers. @throws Malformed */
export function readHttpInput(op: OperationModel, request: WireRequest, labels: RouteLabels): Record<string, unknown> {
  let bindings = compiled.get(op);
  if (bindings === undefined) {
    const bound = new Set(op.input?.members.map((m) => (m.location === 'querystring' ? m.locationName : undefined)));
    for (const [marker] of new URLSearchParams(op.uri.split('?')[1])) bound.add(marker);
    bindings = op.input?.members.filter((m) => m.location !== undefined).map((m) => bindingOf(m, bound)) ?? [];
    compiled.set(op, bindings);
  }
  const out: Record<string, unknown> = {};
  if (bindings.length === 0) return out;
  const query = Map.groupBy(formPairs(request.query), ([name]) => name);
  const values = new Map([...query].map(([name, pairs]) => [name, pairs.map(([, value]) => value)]));
  for (const bind of bindings) bind({ request, labels, query: values }, out);
  return out;
}

/** Members of the input that stand in the body when there is no payload member. */
export function bodyMembers(shape: ShapeModel): readonly MemberModel[] {
  return shape.members.filter((m) => m.location === undefined);
}

function bindingOf(member: MemberModel, bound: ReadonlySet<string | undefined>): Binding {
  const name = member.locationName ?? member.name;
  switch (member.location) {
    case 'uri':
      return label(member, name);
    case 'querystring':
      return member.shape.kind === 'map' ? queryMap(member, bound) : queryValue(member, name);
    case 'headers':
      return prefixHeaders(member, (member.locationName ?? '').toLowerCase());
    default:
      return header(member, name.toLowerCase());
  }
}

function label(member: MemberModel, name: string): Binding {
  const read = textReader(member.shape, member);
  return ({ labels }, out) => {
    const text = labels[name];
    if (text !== undefined) out[member.name] = read(text);
  };
}

function queryValue(member: MemberModel, name: string): Binding {
  if (member.shape.kind === 'list') {
    const element = member.shape.element as MemberModel;
    const read = textReader(element.shape, element);
    return ({ query }, out) => {
      const values = query.get(name);
      if (values !== undefined) out[member.name] = values.map(read);
    };
  }
  const read = textReader(member.shape, member);
  return ({ query }, out) => {
    const text = query.get(name)?.[0];
    if (text !== undefined) out[member.name] = read(text);
  };
}

/** All query parameters that no other member has. */
function queryMap(member: MemberModel, bound: ReadonlySet<string | undefined>): Binding {
  const lists = member.shape.value?.shape.kind === 'list';
  return ({ query }, out) => {
    const map: Record<string, unknown> = {};
    for (const [name, values] of query) if (!bound.has(name)) setKey(map, name, lists ? values : values[0]);
    if (Object.keys(map).length > 0) out[member.name] = map;
  };
}

function prefixHeaders(member: MemberModel, prefix: string): Binding {
  return ({ request }, out) => {
    const map: Record<string, unknown> = {};
    for (const [name, text] of Object.entries(request.headers))
      if (text !== undefined && name.startsWith(prefix)) setKey(map, name.slice(prefix.length), text);
    if (Object.keys(map).length > 0) out[member.name] = map;
  };
}

function header(member: MemberModel, name: string): Binding {
  const { shape } = member;
  if (shape.kind === 'list') {
    const element = shape.element as MemberModel;
    const read = textReader(element.shape, element);
    return ({ request }, out) => {
      const text = request.headers[name];
      if (text !== undefined) out[member.name] = splitList(text).map(read);
    };
  }
  const read = textReader(shape, member);
  return ({ request }, out) => {
    const text = request.headers[name];
    // An empty header says nothing, except where it is a string (If-None-Match: "" is still sent by some clients).
    if (text !== undefined && (text !== '' || shape.kind === 'string')) out[member.name] = read(text);
  };
}

/** `a, "b,c"` → a and b,c. @throws Malformed on an open quote */
export function splitList(text: string): string[] {
  if (!text.includes('"')) return text.split(',').map((item) => item.trim());
  const items: string[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|([^",]*))\s*(?:,|$)/y;
  while (pattern.lastIndex < text.length) {
    const m = pattern.exec(text);
    if (m === null) throw new Malformed('Malformed list in header');
    items.push(m[1] === undefined ? (m[2] ?? '').trim() : m[1].replace(/\\(.)/g, '$1'));
  }
  return items;
}
