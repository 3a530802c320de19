import type { ShapeKind } from '../model/shape.ts';
import { Malformed, notA } from './malformed.ts';

/** Whether `value` fits a numeric kind: integers of 32 and 64 bits, finite doubles, floats in single range. */
export function fits(kind: ShapeKind, value: number): boolean {
  switch (kind) {
    case 'integer':
      return Number.isInteger(value) && value >= -2147483648 && value <= 2147483647;
    case 'long':
      // 64-bit bounds as doubles; beyond 2^53 a double is the nearest that JavaScript clients send.
      return Number.isInteger(value) && value >= -(2 ** 63) && value <= 2 ** 63;
    case 'float':
      return Number.isFinite(value) && Math.abs(value) <= 3.4028234663852886e38;
    default:
      return Number.isFinite(value);
  }
}

/** Name of a kind in AWS's messages. */
export function numberName(kind: ShapeKind): string {
  return kind === 'integer' ? 'Integer' : kind === 'long' ? 'Long' : kind === 'float' ? 'Float' : 'Double';
}

const special: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** `NaN`, `Infinity`, `-Infinity`, which floats and doubles may be sent as; otherwise undefined. */
export function specialNumber(kind: ShapeKind, text: string): number | undefined {
  if (kind === 'integer' || kind === 'long' || !Object.hasOwn(special, text)) return undefined;
  return special[text];
}

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?$/;

/** Number written as text (query, headers, XML). Hexadecimal, spaces and empty text are refused. @throws Malformed */
export function numberOfText(kind: ShapeKind, text: string): number {
  const named = specialNumber(kind, text);
  if (named !== undefined) return named;
  if (text.length > 64 || !decimal.test(text)) throw notA(text, numberName(kind));
  const value = Number(text);
  if (!fits(kind, value)) throw notA(value, numberName(kind));
  return value;
}

/** @throws Malformed unless exactly `true` or `false` (the query wire also has `True`, `TRUE` from older clients) */
export function booleanOfText(text: string): boolean {
  const lower = text.length <= 5 ? text.toLowerCase() : text;
  if (lower === 'true') return true;
  if (lower === 'false') return false;
  throw new Malformed(`'${text.slice(0, 100)}' can not be converted to a Boolean`);
}

/** Shortest text of a number on the XML and header wires. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? '0' : String(value);
}
