/** What counts as a number in a condition: sign, digits, fraction, exponent. No hexadecimal, no words, no blanks. */
const DECIMAL_CHARACTERS = new Set('0123456789+-.eE');

/** @returns undefined when the text is no decimal number */
export function decimalOf(text: string): number | undefined {
  if (text === '') return undefined;
  for (const char of text) if (!DECIMAL_CHARACTERS.has(char)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
