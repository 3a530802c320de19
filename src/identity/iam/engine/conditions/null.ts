/**
 * `Null` asks whether a key is there: `true` holds for absent keys, `false` for present ones. It compares no values, so it is
 * not an `Operator`; it takes neither variables nor `IfExists`.
 */
export const NULL = 'Null';

/** @returns undefined when the policy's value is neither `true` nor `false` */
export function expectsAbsence(value: string): boolean | undefined {
  const text = value.toLowerCase();
  if (text === 'true') return true;
  return text === 'false' ? false : undefined;
}
