import { base64Encode } from '../formats/base64.ts';
import { numberText } from '../formats/number.ts';
import { dateText } from '../formats/timestamp.ts';
import type { MemberModel, ShapeModel } from '../model/shape.ts';

type Binding = (value: unknown, headers: Record<string, string>) => void;

const compiled = new WeakMap<ShapeModel, readonly (readonly [string, Binding])[]>();

/** Writes members bound to headers into `headers`. */
export function writeHeaders(
  shape: ShapeModel,
  value: Readonly<Record<string, unknown>>,
  headers: Record<string, string>,
): void {
  let bindings = compiled.get(shape);
  if (bindings === undefined) {
    bindings = shape.members.filter((m) => m.location?.startsWith('header')).map((m) => [m.name, bindingOf(m)]);
    compiled.set(shape, bindings);
  }
  for (const [name, bind] of bindings) {
    const member = value[name];
    if (member !== undefined && member !== null) bind(member, headers);
  }
}

/** HTTP status of an output: the member bound to it, else the operation's. */
export function statusOf(
  shape: ShapeModel | undefined,
  value: Readonly<Record<string, unknown>>,
  status: number,
): number {
  const member = shape?.members.find((m) => m.location === 'statusCode');
  const given = member === undefined ? undefined : value[member.name];
  return typeof given === 'number' ? given : status;
}

function bindingOf(member: MemberModel): Binding {
  const name = (member.locationName ?? (member.location === 'headers' ? '' : member.name)).toLowerCase();
  if (member.location === 'headers')
    return (value, headers) => {
      for (const [key, text] of Object.entries(value as object)) headers[name + key.toLowerCase()] = safe(String(text));
    };
  if (member.shape.kind === 'list') {
    const item = textOf(member.shape.element as MemberModel);
    return (value, headers) => {
      headers[name] = (value as readonly unknown[]).map((v) => quoted(item(v))).join(', ');
    };
  }
  const text = textOf(member);
  return (value, headers) => {
    headers[name] = safe(text(value));
  };
}

function textOf(member: MemberModel): (value: unknown) => string {
  switch (member.shape.kind) {
    case 'timestamp': {
      const format = member.timestampFormat ?? 'rfc822';
      return (value) => dateText(value as Date, format);
    }
    case 'blob':
      return (value) => base64Encode(value as Uint8Array);
    case 'boolean':
    case 'string':
      return String;
    default:
      return (value) => numberText(value as number);
  }
}

/** Items with a comma or quote are quoted. */
function quoted(text: string): string {
  return /[",]/.test(text) ? `"${safe(text).replace(/["\\]/g, '\\$&')}"` : safe(text);
}

/**
 * Header text without line breaks and control characters (no value can end the header); what is not Latin-1 goes out as the
 * bytes of its UTF-8, as S3 sends user metadata.
 */
function safe(text: string): string {
  const clean = text.replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, ' ');
  return /[^\u0000-\u00ff]/.test(clean) ? Buffer.from(clean, 'utf8').toString('latin1') : clean;
}
