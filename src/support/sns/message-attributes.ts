import { ServiceError } from '#wire/service-error.ts';
import type { AttributeValue } from './engine/filter/match.ts';
import type { ShownAttribute } from './engine/notification.ts';

/** An attribute as clients give it. */
export type GivenAttribute = {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: Uint8Array | undefined;
};

/** A longer name is refused, bytes (developer guide, "Message attribute items"). */
const maxName = 256;

/** Attributes as they are kept. @throws ServiceError ParameterValueInvalid, with AWS's texts (recordings) */
export function readAttributes(
  given: Readonly<Record<string, GivenAttribute>> | undefined,
): Readonly<Record<string, ShownAttribute>> {
  const read: [string, ShownAttribute][] = [];
  for (const [name, attribute] of Object.entries(given ?? {})) {
    checkName(name);
    read.push([name, { Type: attribute.DataType, Value: checkedValue(name, attribute) }]);
  }
  return Object.fromEntries(read);
}

function checkName(name: string): void {
  if (Buffer.byteLength(name) > maxName) throw wrong('Length of message attribute name must be less than 256 bytes.');
  const foreign = /[^\w.-]/u.exec(name)?.[0];
  if (foreign !== undefined) {
    const code = (foreign.codePointAt(0) ?? 0).toString(16).toUpperCase();
    throw wrong(
      `Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    );
  }
  if (name.startsWith('.')) throw wrong("Invalid message attribute name starting with character '.' was found.");
  if (name.endsWith('.')) throw wrong("Invalid message attribute name ending with character '.' was found.");
  if (name.includes('..')) throw wrong("Message attribute name can not have successive '.' character.");
}

function checkedValue(name: string, { DataType, StringValue, BinaryValue }: GivenAttribute): string {
  const [, base = ''] = /^(String|Number|Binary)(?:\.[\w.-]+)?$/.exec(DataType) ?? [];
  if (base === '') {
    throw wrong(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const binary = base === 'Binary';
  if (binary ? (StringValue ?? '') !== '' : (BinaryValue?.length ?? 0) > 0) {
    throw wrong(
      `The message attribute '${name}' with type '${DataType}' must use field '${binary ? 'Binary' : 'String'}'.`,
    );
  }
  const value = binary ? Buffer.from(BinaryValue ?? []).toString('base64') : (StringValue ?? '');
  if (value === '') {
    throw wrong(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${DataType}'.`,
    );
  }
  if (base === 'Number' && !isNumber(value)) {
    throw wrong(`Could not cast message attribute '${name}' value to number.`);
  }
  if (DataType === 'String.Array' && elementsOf(value) === undefined) {
    throw wrong(`Message attribute '${name}' is not a valid JSON array of strings, numbers, true, false and null.`);
  }
  return value;
}

function isNumber(text: string): boolean {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(text);
}

type Scalar = string | number | boolean | null;

function elementsOf(text: string): readonly Scalar[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list)) return undefined;
    return list.some((each) => typeof each === 'object' && each !== null) ? undefined : (list as Scalar[]);
  } catch {
    return undefined;
  }
}

/** Attributes as filter policies see them: binary ones not at all. */
export function filterValues(
  attributes: Readonly<Record<string, ShownAttribute>>,
): Readonly<Record<string, AttributeValue>> {
  const values: [string, AttributeValue][] = [];
  for (const [name, { Type, Value }] of Object.entries(attributes)) {
    if (Type === 'String.Array') values.push([name, elementsOf(Value) ?? Value]);
    else if (/^Number(?:\.|$)/.test(Type)) values.push([name, Number(Value)]);
    else if (!/^Binary(?:\.|$)/.test(Type)) values.push([name, Value]);
  }
  return Object.fromEntries(values);
}

/** Bytes that attributes count towards the limit of a message. */
export function attributesSize(attributes: Readonly<Record<string, ShownAttribute>>): number {
  let size = 0;
  for (const [name, { Type, Value }] of Object.entries(attributes)) {
    const value = /^Binary(?:\.|$)/.test(Type) ? Buffer.byteLength(Value, 'base64') : Buffer.byteLength(Value);
    size += Buffer.byteLength(name) + Buffer.byteLength(Type) + value;
  }
  return size;
}

/** Attributes of a queue's message: what bare messages carry along. */
export function queueAttributes(attributes: Readonly<Record<string, ShownAttribute>>) {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { Type, Value }]) => [
      name,
      /^Binary(?:\.|$)/.test(Type)
        ? { DataType: Type, BinaryValue: Buffer.from(Value, 'base64') }
        : { DataType: Type, StringValue: Value },
    ]),
  );
}

function wrong(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message);
}
