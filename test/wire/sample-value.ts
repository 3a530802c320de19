import type { MemberModel, ShapeModel } from '#wire/model/shape.ts';

/** Deterministic pseudo-random numbers from a seed text (mulberry32 over an FNV hash). */
export function randomOf(seed: string): () => number {
  let state = 2166136261;
  for (let i = 0; i < seed.length; i++) state = Math.imul(state ^ seed.charCodeAt(i), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export type SampleOptions = {
  readonly random: () => number;
  /** Members that a client refuses or rewrites, by name: replaced by the value, or left out when undefined. */
  readonly fixed: Readonly<Record<string, unknown>>;
  /** Whether times in bodies keep their milliseconds. */
  readonly millis: boolean;
};

const texts = [
  'a',
  'plain text',
  'ünïcödé ✓ 漢字 🦀',
  `<&>"'`,
  '{"json":[1,2]}',
  'a/b//../c d+e%20f',
  'two\nlines\ttab',
  ' edge ',
];

/** A value of the shape with all members near the top and only required ones deeper down. */
export function sampleValue(shape: ShapeModel, options: SampleOptions): Record<string, unknown> {
  return structure(shape, options, 0) as Record<string, unknown>;
}

function structure(shape: ShapeModel, o: SampleOptions, depth: number): unknown {
  const out: Record<string, unknown> = {};
  if (shape.kind === 'union') {
    const usable = shape.members.filter((m) => !isDeep(m.shape) || depth < 4);
    const member = usable[Math.floor(o.random() * usable.length)] ?? shape.members[0];
    return member === undefined ? out : { [member.name]: memberValue(member, o, depth + 1) };
  }
  for (const member of shape.members) {
    const wanted =
      member.required || member.idempotencyToken || member.location === 'uri' || depth < 2 || o.random() < 0.25;
    if (!wanted || (depth > 5 && !member.required) || depth > 12) continue;
    if (depth === 0 && Object.hasOwn(o.fixed, member.name)) {
      if (o.fixed[member.name] !== undefined) out[member.name] = o.fixed[member.name];
      continue;
    }
    out[member.name] = memberValue(member, o, depth + 1);
  }
  // The query wire cannot say "a structure without members".
  const first = shape.members.find((m) => !isDeep(m.shape)) ?? shape.members[0];
  if (depth > 0 && first !== undefined && Object.keys(out).length === 0)
    out[first.name] = memberValue(first, o, depth + 1);
  return out;
}

function isDeep(shape: ShapeModel): boolean {
  return shape.kind === 'structure' || shape.kind === 'union' || shape.kind === 'list' || shape.kind === 'map';
}

function memberValue(member: MemberModel, o: SampleOptions, depth: number): unknown {
  const { shape, location } = member;
  if (location === 'statusCode') return 200;
  if (shape.eventStream) return events(shape, o);
  if (shape.kind === 'string' && (location !== undefined || member.hostLabel))
    return shape.enum?.[0] ?? wireText(member, o);
  if (shape.kind === 'list' && location === 'header')
    return ['one', 'two'].slice(0, 1 + Math.floor(o.random() * 2)).map((t) => shape.element?.shape.enum?.[0] ?? t);
  if (shape.kind === 'map' && location !== undefined) {
    const value = shape.value?.shape.kind === 'list' ? ['x y', 'z'] : 'value one';
    return { 'key-one': value, 'key-two': value };
  }
  if (shape.kind === 'timestamp') {
    const seconds = 1_600_000_000 + Math.floor(o.random() * 100_000_000);
    const millis =
      location === undefined && o.millis && member.timestampFormat !== 'rfc822' ? Math.floor(o.random() * 1000) : 0;
    return new Date(seconds * 1000 + millis);
  }
  return value(shape, o, depth);
}

/** One event of each kind, exceptions apart. */
function events(shape: ShapeModel, o: SampleOptions): Record<string, unknown>[] {
  const kinds = shape.members.filter((m) => m.shape.error === undefined);
  return kinds.map((m) => ({ [m.name]: structure(m.shape, o, 1) }));
}

function wireText(member: MemberModel, o: SampleOptions): string {
  const options =
    member.location === 'header' ? ['text', 'two words', 'a=b;c'] : ['text', 'ünï ✓', 'a+b c%d', 'x:y@z,w'];
  return member.hostLabel || member.locationName === undefined
    ? 'label'
    : (options[Math.floor(o.random() * options.length)] as string);
}

function value(shape: ShapeModel, o: SampleOptions, depth: number): unknown {
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return structure(shape, o, depth);
    case 'list': {
      if (depth > 10) return [];
      const element = shape.element as MemberModel;
      return Array.from({ length: 1 + Math.floor(o.random() * 2) }, () => memberValue(element, o, depth + 1));
    }
    case 'map': {
      const keys = shape.key?.shape.enum?.slice(0, 2) ?? ['k1', 'key two'];
      return Object.fromEntries(keys.map((k) => [k, memberValue(shape.value as MemberModel, o, depth + 1)]));
    }
    case 'string':
      return shape.enum?.[Math.floor(o.random() * shape.enum.length)] ?? texts[Math.floor(o.random() * texts.length)];
    case 'boolean':
      return o.random() < 0.5;
    case 'integer':
      return Math.floor((o.random() - 0.3) * 2_000_000_000);
    case 'long':
      return Math.floor((o.random() - 0.3) * 8_000_000_000_000);
    case 'float':
    case 'double':
      return Math.fround(o.random() * 1000);
    case 'number':
      return Math.floor(o.random() * 1000);
    case 'timestamp':
      return new Date(1_600_000_000_000);
    case 'blob':
      return Uint8Array.from({ length: 1 + Math.floor(o.random() * 20) }, () => Math.floor(o.random() * 256));
    case 'document':
      return { text: 'a', list: [1, true, null, { deep: 'x' }] };
  }
}
