import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** A recorded case: what AWS answered, step by step, with `<placeholders>` for what changes from time to time. */
export type RecordedCase = Readonly<Record<string, unknown>>;

/** One recorded response of one operation. */
export type RecordedResponse = {
  readonly service: string;
  readonly test: string;
  readonly operation: string;
  readonly n: number;
  readonly data: unknown;
};

const folder = process.env['RINGWALL_SHARED'] ?? new URL('../../../shared', import.meta.url).pathname;

/** Cases by name; undefined where the recordings are not at hand. */
export function recordedCases(service: string): ReadonlyMap<string, RecordedCase> | undefined {
  const text = unzipped(`${service}.json.gz`);
  return text === undefined
    ? undefined
    : new Map(Object.entries(JSON.parse(text) as Readonly<Record<string, RecordedCase>>));
}

/** Single responses of a service; undefined where the recordings are not at hand. */
export function recordedResponses(service: string): readonly RecordedResponse[] | undefined {
  return unzipped('responses-by-operation.jsonl.gz')
    ?.split('\n')
    .filter((line) => line.includes(`"service": "${service}"`) || line.includes(`"service":"${service}"`))
    .map((line) => JSON.parse(line) as RecordedResponse);
}

function unzipped(file: string): string | undefined {
  try {
    return gunzipSync(readFileSync(`${folder}/reference/aws-recordings/${file}`)).toString();
  } catch {
    return undefined;
  }
}

/** What a call came to, in the form of the recordings. */
export async function outcomeOf(call: Promise<object>): Promise<object> {
  try {
    const { $metadata, ...output } = (await call) as { readonly $metadata: { readonly httpStatusCode?: number } };
    return { ...output, ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: $metadata.httpStatusCode } };
  } catch (error) {
    const { message, $metadata, Code, Type } = error as SdkError;
    if ($metadata === undefined) throw error;
    return {
      Error: { Code, Message: message, Type },
      ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: $metadata.httpStatusCode },
    };
  }
}

type SdkError = Error & {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly Code?: string;
  readonly Type?: string;
};

/** What the placeholders of a case stand for; one placeholder stands for the same text everywhere in it. */
export class Placeholders {
  readonly #values: Map<string, string>;

  /** @param account our account, where the recording has its own */
  constructor(account: string) {
    this.#values = new Map([['111111111111', account]]);
  }

  /** Where an answer is not as recorded: `path: recorded …, got …`. Members that AWS did not give count, too. */
  differences(recorded: unknown, actual: unknown, path = ''): readonly string[] {
    if (typeof recorded === 'string') {
      if (recorded === '<datetime>')
        return actual instanceof Date ? [] : [`${path}: recorded a time, got ${show(actual)}`];
      return typeof actual === 'string' && this.#fits(recorded, actual) ? [] : [differs(path, recorded, actual)];
    }
    if (typeof recorded !== 'object' || recorded === null) {
      return recorded === actual ? [] : [differs(path, recorded, actual)];
    }
    const value = decoded(actual);
    if (Array.isArray(recorded)) {
      if (!Array.isArray(value) || value.length !== recorded.length) return [differs(path, recorded, actual)];
      return recorded.flatMap((entry, index) => this.differences(entry, value[index], `${path}[${index}]`));
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [differs(path, recorded, actual)];
    const theirs = new Map(Object.entries(recorded));
    const ours = new Map(Object.entries(value).filter(([, entry]) => entry !== undefined));
    // A placeholder that stands alone says what it is; in `<path><name>` it would not.
    const names = [...new Set([...theirs.keys(), ...ours.keys()])].sort(
      (a, b) => Number(standsAlone(theirs.get(b))) - Number(standsAlone(theirs.get(a))),
    );
    return names.flatMap((name) => {
      const at = path === '' ? name : `${path}.${name}`;
      if (!theirs.has(name)) return [`${at}: not recorded, got ${show(ours.get(name))}`];
      return this.differences(theirs.get(name), ours.get(name), at);
    });
  }

  #fits(recorded: string, actual: string): boolean {
    const names: string[] = [];
    const pattern = recorded
      .split(/(<[a-z0-9-]+(?::\d+)?>|111111111111)/)
      .map((part, index) => {
        if (index % 2 === 0) return escaped(part);
        const known = this.#values.get(part);
        if (known !== undefined) return escaped(known);
        names.push(part);
        return '(.+?)';
      })
      .join('');
    const match = new RegExp(`^${pattern}$`, 's').exec(actual);
    if (match === null) return false;
    for (const [index, name] of names.entries()) {
      const value = match[index + 1] ?? '';
      if ((this.#values.get(name) ?? value) !== value) return false;
      this.#values.set(name, value);
    }
    return true;
  }
}

function standsAlone(recorded: unknown): boolean {
  return typeof recorded === 'string' && /^<[^>]+>$/.test(recorded);
}

/** Documents come URL-encoded, and are recorded as what they say. */
function decoded(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value.startsWith('%') ? decodeURIComponent(value) : value);
  } catch {
    return value;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

function differs(path: string, recorded: unknown, actual: unknown): string {
  return `${path}: recorded ${show(recorded)}, got ${show(actual)}`;
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : (JSON.stringify(value)?.slice(0, 300) ?? String(value));
}
