/**
 * The characters that a message may consist of (API reference, SendMessage): tab, line feed, carriage return, and everything from space on
 * but for surrogates that stand alone and the two last code points of the basic plane.
 */
export function isAllowedText(text: string): boolean {
  return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text) && text.isWellFormed();
}

/** Alphanumeric and punctuation characters, 1 to 128: ids of groups, deduplication and attempts. */
export function isToken(text: string): boolean {
  return /^[!-~]{1,128}$/.test(text);
}
