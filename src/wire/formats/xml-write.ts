import type { MemberModel, ShapeModel } from '../model/shape.ts';
import { base64Encode } from './base64.ts';
import { numberText } from './number.ts';
import { dateText } from './timestamp.ts';

/** How a protocol writes times: with milliseconds (S3, EC2), or in whole seconds (IAM, STS and the query protocol's others). */
export type XmlStyle = 'millis' | 'seconds';

/** Value → the content of its element, without the element itself. */
type Content = (value: unknown) => string;
/** Value → its element or elements, under the member's name. */
type Element = (value: unknown) => string;

const contents: Readonly<Record<XmlStyle, WeakMap<ShapeModel, Content>>> = {
  millis: new WeakMap(),
  seconds: new WeakMap(),
};

/** Writer of what stands inside a shape's element; compiled once per shape. */
export function xmlContent(shape: ShapeModel, style: XmlStyle): Content {
  const known = contents[style].get(shape);
  if (known !== undefined) return known;
  let made: Content | undefined;
  contents[style].set(shape, (value) => (made as Content)(value));
  made = compile(shape, style);
  contents[style].set(shape, made);
  return made;
}

/** Writer of some members of a structure, each as its own element. */
export function xmlMembers(members: readonly MemberModel[], style: XmlStyle): Content {
  const body = members.filter((m) => !m.xmlAttribute);
  const keys = body.map((m) => m.name);
  const writers = body.map((m) => xmlElement(m, m.locationName ?? m.name, style));
  const count = body.length;
  return (value) => {
    const object = value as Readonly<Record<string, unknown>>;
    let text = '';
    for (let i = 0; i < count; i++) {
      const member = object[keys[i] as string];
      if (member !== undefined && member !== null) text += (writers[i] as Element)(member);
    }
    return text;
  };
}

/** Writer of a member as an element called `name`; a flattened list or map repeats the element. */
export function xmlElement(member: MemberModel, name: string, style: XmlStyle): Element {
  const { shape } = member;
  if (shape.kind === 'list') return listElement(member, name, style);
  if (shape.kind === 'map') return mapElement(member, name, style);
  const namespace = namespaceText(member);
  const close = `</${name}>`;
  if (shape.kind === 'structure' || shape.kind === 'union') {
    const content = xmlContent(shape, style);
    const attributes = attributesOf(shape);
    return (value) => `<${name}${namespace}${attributes(value)}>${content(value)}${close}`;
  }
  const text = scalar(shape, member, style);
  const open = `<${name}${namespace}>`;
  return (value) => open + text(value) + close;
}

function listElement(member: MemberModel, name: string, style: XmlStyle): Element {
  const element = member.shape.element as MemberModel;
  const itemName = member.flattened ? name : (element.locationName ?? 'member');
  const item = xmlElement(element, itemName, style);
  const [open, close] = member.flattened ? ['', ''] : [`<${name}${namespaceText(member)}>`, `</${name}>`];
  return (value) => {
    let text = open;
    for (const entry of value as readonly unknown[]) if (entry !== undefined && entry !== null) text += item(entry);
    return text + close;
  };
}

function mapElement(member: MemberModel, name: string, style: XmlStyle): Element {
  const { key, value } = member.shape as { key: MemberModel; value: MemberModel };
  const entry = member.flattened ? name : 'entry';
  const keyElement = xmlElement(key, key.locationName ?? 'key', style);
  const valueElement = xmlElement(value, value.locationName ?? 'value', style);
  const [open, close] = member.flattened ? ['', ''] : [`<${name}${namespaceText(member)}>`, `</${name}>`];
  return (map) => {
    const object = map as Readonly<Record<string, unknown>>;
    let text = open;
    for (const k of Object.keys(object)) {
      const item = object[k];
      if (item !== undefined && item !== null) text += `<${entry}>${keyElement(k)}${valueElement(item)}</${entry}>`;
    }
    return text + close;
  };
}

function compile(shape: ShapeModel, style: XmlStyle): Content {
  return shape.kind === 'structure' || shape.kind === 'union'
    ? xmlMembers(shape.members, style)
    : scalar(shape, undefined, style);
}

function scalar(shape: ShapeModel, member: MemberModel | undefined, style: XmlStyle): Content {
  switch (shape.kind) {
    case 'string':
      return (value) => escapeXml(value as string);
    case 'boolean':
      return (value) => (value === true ? 'true' : 'false');
    case 'blob':
      return (value) => base64Encode(value as Uint8Array | string);
    case 'timestamp': {
      const format = member?.timestampFormat ?? shape.timestampFormat ?? 'iso8601';
      return (value) => dateText(value as Date, format, style);
    }
    default:
      return (value) => numberText(value as number);
  }
}

/** ` xmlns="…"` or ` xmlns:prefix="…"` as the model says. */
function namespaceText(member: MemberModel): string {
  const ns = member.namespace;
  if (ns === undefined) return '';
  return ` xmlns${ns.prefix === undefined ? '' : `:${ns.prefix}`}="${ns.uri}"`;
}

/** Members that stand as attributes of the structure's start tag (S3 Grantee's `xsi:type`). */
function attributesOf(shape: ShapeModel): Content {
  const attributes = shape.members.filter((m) => m.xmlAttribute);
  if (attributes.length === 0) return () => '';
  return (value) =>
    attributes
      .map((m) => [m.locationName ?? m.name, (value as Record<string, unknown>)[m.name]] as const)
      .filter(([, v]) => v !== undefined && v !== null)
      .map(([name, v]) => ` ${name}="${escapeXml(String(v))}"`)
      .join('');
}

const special = /[&<>"\r\u0000-\u0008\u000b\u000c\u000e-\u001f\u0085\u2028\ufffe\uffff]/;
const specials = new RegExp(special.source, 'g');

/**
 * Text for an element or attribute. Carriage returns, and characters that XML 1.0 cannot hold, become character references, as
 * S3 writes them for object keys.
 */
export function escapeXml(text: string): string {
  return special.test(text) ? text.replace(specials, reference) : text;
}

function reference(char: string): string {
  switch (char) {
    case '&':
      return '&amp;';
    case '<':
      return '&lt;';
    case '>':
      return '&gt;';
    case '"':
      return '&quot;';
    default:
      return `&#x${char.charCodeAt(0).toString(16)};`;
  }
}
