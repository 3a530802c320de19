import { ServiceError } from '#wire/service-error.ts';
import { invalidParameter } from './api.ts';
import { isAllowedText } from './engine/characters.ts';
import type { MessageAttribute } from './records.ts';

/** A value as clients give it. */
export type GivenAttribute = {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: Uint8Array | undefined;
  readonly StringListValues?: readonly string[] | undefined;
  readonly BinaryListValues?: readonly Uint8Array[] | undefined;
};

type Given = Readonly<Record<string, GivenAttribute>>;

/** Attributes a message can have (developer guide, "Amazon SQS message metadata"). */
const maxAttributes = 10;

/** Checks the attributes of a message. @throws ServiceError InvalidParameterValue, UnsupportedOperation */
export function readAttributes(given: Given | undefined): readonly MessageAttribute[] {
  const entries = Object.entries(given ?? {});
  if (entries.length === 0) return [];
  if (entries.length > maxAttributes)
    throw invalidParameter(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${maxAttributes}].`,
    );
  return entries
    .map(([name, value]) => {
      checkName(name);
      return readValue('user', name, value);
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The one attribute that senders may set for SQS itself. @throws ServiceError InvalidParameterValue */
export function readTrace(given: Partial<Given> | undefined): string | undefined {
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value === undefined) continue;
    if (name !== 'AWSTraceHeader') throw invalidParameter(`Message system attribute name '${name}' is invalid.`);
    if (value.DataType !== 'String')
      throw invalidParameter(`Message (system) attribute '${name}' must be of type 'String'.`);
    return readValue('system', name, value).value;
  }
  return undefined;
}

export function traceAttribute(trace: string): MessageAttribute {
  return { name: 'AWSTraceHeader', type: 'String', value: trace, binary: false };
}

const nameForm = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;

function checkName(name: string): void {
  if (name.length > 256 || !nameForm.test(name) || /^(?:aws|amazon)\./i.test(name))
    throw invalidParameter(`Message (user) attribute name '${name.slice(0, 300)}' is invalid.`);
}

/** A type is one of three, with a label of the client's own. */
const typeForm = /^(String|Number|Binary)(?:\..{1,249})?$/;

function readValue(whose: 'user' | 'system', name: string, given: GivenAttribute): MessageAttribute {
  const { DataType: type, StringValue: text, BinaryValue: bytes } = given;
  const what = `essage (${whose}) attribute '${name}'`;
  if ((given.StringListValues ?? []).length > 0 || (given.BinaryListValues ?? []).length > 0)
    throw new ServiceError(
      'UnsupportedOperation',
      'Message attribute list values in SendMessage operation are not supported.',
    );
  const kind = typeForm.exec(type)?.[1];
  if (kind === undefined)
    throw invalidParameter(
      type === ''
        ? `The m${what} must contain a non-empty attribute type.`
        : `The type of m${what} is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
    );
  if (!isAllowedText(type)) throw invalidParameter(`The type of m${what} is invalid.`);
  if (kind === 'Binary') {
    if (bytes === undefined || bytes.length === 0 || text !== undefined) throw empty(what, kind);
    return { name, type, value: Buffer.from(bytes).toString('base64'), binary: true };
  }
  if (text === undefined || text === '' || bytes !== undefined) throw empty(what, kind);
  if (!isAllowedText(text)) throw invalidParameter(`M${what} contains characters that are not allowed.`);
  if (kind === 'Number' && !isNumber(text)) throw invalidParameter(`Can't cast the value of m${what} to a number.`);
  return { name, type, value: text, binary: false };
}

function empty(what: string, kind: string): ServiceError {
  return invalidParameter(`M${what} must contain a non-empty value of type '${kind}'.`);
}

/** Up to 38 digits (developer guide, "Message attribute data types"). */
function isNumber(text: string): boolean {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(text.trim()) && text.length <= 160;
}

/** Bytes that attributes take of a message's size: name, type and value. */
export function attributesSize(attributes: readonly MessageAttribute[]): number {
  let size = 0;
  for (const { name, type, value, binary } of attributes) {
    size += Buffer.byteLength(name) + Buffer.byteLength(type) + Buffer.byteLength(value, binary ? 'base64' : 'utf8');
  }
  return size;
}

/** The same of attributes that nobody has checked yet. */
export function givenSize(given: Given | undefined): number {
  let size = 0;
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(given ?? {}))
    size +=
      Buffer.byteLength(name) +
      Buffer.byteLength(DataType) +
      Buffer.byteLength(StringValue ?? '') +
      (BinaryValue?.length ?? 0);
  return size;
}
