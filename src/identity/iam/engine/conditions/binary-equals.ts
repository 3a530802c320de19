import type { Operator } from './operator.ts';

/** Byte for byte; both sides are base64. Variables and wildcards are not supported. */
export const binaryEquals: Operator = {
  name: 'BinaryEquals',
  negated: false,
  compile: (value) => {
    const expected = bytesOf(value);
    if (expected === undefined) return undefined;
    return (actual) => bytesOf(actual) === expected;
  },
};

/** The bytes as a binary string, undefined when the text is no base64. */
function bytesOf(base64: string): string | undefined {
  try {
    return atob(base64);
  } catch {
    return undefined;
  }
}
