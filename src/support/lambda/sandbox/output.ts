import type { Readable } from 'node:stream';

/** Longest record (CloudWatch Logs quotas, "Event size"). */
const maxLineBytes = 256 * 1024;
/** Output that is kept of one invocation; more is counted. */
const maxKeptBytes = 1024 * 1024;
/** A function that writes more than is kept is slowed down to one piece in this time: reading it costs the server too. */
const slowedMs = 10;
/** What `LogType: Tail` shows (API reference, "Invoke"). */
const tailBytes = 4 * 1024;

/** What a function writes, line by line. */
export class Output {
  readonly #line: (text: string) => void;
  /** What each stream wrote since its last line end. */
  readonly #rests = new Map<Readable, Buffer>();
  #kept = 0;
  #dropped = 0;
  #tail: Buffer[] = [];
  #tailSize = 0;

  /** @param line hears of each record, without its line end */
  constructor(line: (text: string) => void) {
    this.#line = line;
  }

  read(from: Readable): void {
    from.on('data', (chunk: Buffer) => {
      if (this.#dropped > 0) {
        from.pause();
        setTimeout(() => from.resume(), slowedMs).unref();
      }
      this.#take(from, chunk);
    });
    // A closed pipe is the function's own affair.
    from.on('error', () => {});
  }

  /** A line of the platform's own: START, END, REPORT. */
  platform(text: string): void {
    this.flush();
    this.#emit(Buffer.from(text));
  }

  /** What was written without a line end is a record too. */
  flush(): void {
    for (const rest of this.#rests.values()) this.#record(rest);
    this.#rests.clear();
  }

  /** Forgets the last invocation. */
  begin(): void {
    this.#tail = [];
    this.#tailSize = 0;
    this.#kept = 0;
    this.#dropped = 0;
  }

  /** Bytes of this invocation's output that were not kept. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The end of this invocation's output. */
  get tail(): Buffer {
    return Buffer.concat(this.#tail).subarray(-tailBytes);
  }

  #take(from: Readable, chunk: Buffer): void {
    const rest = this.#rests.get(from);
    const text = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    let begin = 0;
    for (let end = text.indexOf(10, rest?.length ?? 0); end !== -1; end = text.indexOf(10, begin)) {
      this.#record(text.subarray(begin, end));
      begin = end + 1;
    }
    const left = text.subarray(begin);
    if (left.length === 0) this.#rests.delete(from);
    else if (left.length <= maxLineBytes) this.#rests.set(from, left);
    else {
      this.#record(left);
      this.#rests.delete(from);
    }
  }

  #record(line: Buffer): void {
    if (this.#kept + line.length > maxKeptBytes) {
      this.#dropped += line.length;
      return;
    }
    this.#kept += line.length;
    this.#emit(line);
  }

  #emit(line: Buffer): void {
    // Records of several lines come as one: runtimes write carriage returns for the lines between.
    const text = line.toString('utf8').replaceAll('\r', '\n');
    const bytes = Buffer.from(`${text}\n`);
    this.#tail.push(bytes);
    this.#tailSize += bytes.length;
    while (this.#tailSize - (this.#tail[0]?.length ?? 0) >= tailBytes)
      this.#tailSize -= this.#tail.shift()?.length ?? 0;
    this.#line(text);
  }
}
