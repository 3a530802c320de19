/** A filter pattern that AWS would refuse; the message is the reason. */
export class PatternError extends Error {}

export const invalidPattern = 'Invalid filter pattern';

/** Reads a pattern from left to right. */
export class Scanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  peek(): string {
    return this.text.charAt(this.at);
  }

  space(): void {
    while (!this.ended && /\s/.test(this.peek())) this.at += 1;
  }

  /** Takes `token` if it is next. */
  take(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  /** Takes a word, in any case, that ends where a word ends. */
  word(word: string): boolean {
    const end = this.at + word.length;
    if (this.text.slice(this.at, end).toUpperCase() !== word) return false;
    if (/[A-Za-z0-9_]/.test(this.text.charAt(end))) return false;
    this.at = end;
    return true;
  }

  /** Takes what `stop` does not stop. */
  until(stop: RegExp): string {
    const from = this.at;
    while (!this.ended && !stop.test(this.peek())) this.at += 1;
    return this.text.slice(from, this.at);
  }

  /** A text between quotes, after the opening one; a backslash makes the next character plain. @throws PatternError */
  quoted(quote: string): string {
    let value = '';
    for (;;) {
      if (this.ended) throw new PatternError(invalidPattern);
      const next = this.peek();
      this.at += 1;
      if (next === quote) return value;
      if (next === '\\' && (this.peek() === quote || this.peek() === '\\')) {
        value += this.peek();
        this.at += 1;
      } else value += next;
    }
  }

  /** An expression between percent signs, after the first. @throws PatternError */
  regex(): string {
    const end = this.text.indexOf('%', this.at);
    if (end === -1) throw new PatternError(invalidPattern);
    const source = this.text.slice(this.at, end);
    this.at = end + 1;
    return source;
  }
}
