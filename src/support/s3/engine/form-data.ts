/** An HTML form as it arrives (RFC 7578): the fields before the file, and the file as a stream. What follows the file is ignored. */
export type Form = {
  /** By lower-case names. */
  readonly fields: Readonly<Record<string, string>>;
  readonly fileName: string;
  readonly fileType: string | undefined;
  readonly file: AsyncIterable<Uint8Array>;
};

/** Most bytes of all fields: 20 KB (S3 API reference, "POST Object"). */
const maxFieldBytes = 20_480;

/** The form is not well-formed, too large before its file, or has none. */
export class FormFault extends Error {
  readonly kind: 'malformed' | 'too-large' | 'no-file';
  constructor(kind: FormFault['kind']) {
    super(kind);
    this.kind = kind;
  }
}

/** The boundary in a content type; undefined where the body is no form. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const [, quoted, plain] =
    /^multipart\/form-data\s*;.*?boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType ?? '') ?? [];
  return quoted ?? plain;
}

/** Reads the fields up to the file. @throws FormFault */
export async function readForm(pieces: AsyncIterable<Uint8Array>, boundary: string): Promise<Form> {
  const input = new Input(pieces);
  const mark = Buffer.from(`\r\n--${boundary}`);
  await input.until(mark.subarray(2), maxFieldBytes);
  const fields: Record<string, string> = {};
  for (let size = 0; ; ) {
    const next = await input.until(Buffer.from('\r\n'), 4);
    if (next.toString() !== '') throw new FormFault(next.toString() === '--' ? 'no-file' : 'malformed');
    const head = (await input.until(Buffer.from('\r\n\r\n'), maxFieldBytes)).toString();
    const name = /\bname="([^"]*)"/i.exec(head)?.[1]?.toLowerCase();
    if (name === undefined) throw new FormFault('malformed');
    if (name === 'file') {
      const fileName = /\bfilename="([^"]*)"/i.exec(head)?.[1]?.split(/[/\\]/).at(-1) ?? '';
      const fileType = /^content-type:\s*(.+)$/im.exec(head)?.[1]?.trim();
      return { fields, fileName, fileType, file: input.stream(mark) };
    }
    const value = await input.until(mark, maxFieldBytes);
    size += name.length + value.length;
    if (size > maxFieldBytes) throw new FormFault('too-large');
    // A name that is sent twice counts as it came first: nobody may sneak a second one past the policy.
    if (!Object.hasOwn(fields, name))
      Object.defineProperty(fields, name, { value: value.toString(), enumerable: true });
  }
}

/** Bytes that come in pieces, read up to a mark. */
class Input {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    const next = await this.#pieces.next();
    if (next.done === true) return false;
    this.#held = Buffer.concat([this.#held, next.value]);
    return true;
  }

  /** What stands before the mark, which is consumed. */
  async until(mark: Uint8Array, most: number): Promise<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(mark);
      if (at >= 0 && at <= most) {
        const found = this.#held.subarray(0, at);
        this.#held = this.#held.subarray(at + mark.length);
        return found;
      }
      if (at > most || this.#held.length > most + mark.length) throw new FormFault('too-large');
      if (!(await this.#more())) throw new FormFault('malformed');
    }
  }

  /** Everything before the mark, as it comes. Only as much is held back as may be the beginning of the mark. */
  async *stream(mark: Uint8Array): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = this.#held.indexOf(mark);
      if (at >= 0) {
        if (at > 0) yield this.#held.subarray(0, at);
        await this.#drain();
        return;
      }
      const sure = this.#held.length - mark.length + 1;
      if (sure > 0) {
        yield this.#held.subarray(0, sure);
        this.#held = this.#held.subarray(sure);
      }
      if (!(await this.#more())) throw new FormFault('malformed');
    }
  }

  /** To the end of the body, which has to be read before it can be trusted. */
  async #drain(): Promise<void> {
    this.#held = Buffer.alloc(0);
    while ((await this.#pieces.next()).done !== true);
  }
}
