import { strict as assert } from 'node:assert';

/** What stands for a value that varies: its form, so that a placeholder does not match just anything. */
const forms: readonly (readonly [name: RegExp, form: string])[] = [
  [/^partition$/, 'aws'],
  [/^(secondary-)?region$/, '[a-z]{2}-[a-z]+-[0-9]'],
  [/^mrk-key-arn$/, 'arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/mrk-[0-9a-f]{32}'],
  [/^key-arn$/, 'arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9a-f-]{36}'],
  [/^(key-id|resource):/, '(?:arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/)?(?:[0-9a-f-]{36}|mrk-[0-9a-f]{32})'],
  [/^(current-)?key-material-id/, '[0-9a-f]{64}'],
  [/^(name|description):/, '.*'],
];

/** Enumerations grow, and AWS lists them in no order. */
const enumeration = /^(.* enum value set: )\[(.*)\]$/;

/**
 * Compares an answer with a recorded one. A numbered placeholder (`<key-id:1>`) stands for one value throughout a case. Members that
 * AWS answers since the recording are named by the caller; every other difference is one.
 */
export class RecordedMatch {
  readonly #account: string;
  readonly #newer: ReadonlySet<string>;
  readonly #bound = new Map<string, string>();

  constructor(account: string, newer: readonly string[]) {
    this.#account = account;
    this.#newer = new Set(newer);
  }

  /** @throws AssertionError with the path of the first difference */
  check(actual: unknown, recorded: unknown, path: string): void {
    if (Array.isArray(recorded)) this.#list(actual, recorded, path);
    else if (typeof recorded === 'object' && recorded !== null) this.#members(actual, recorded, path);
    else if (typeof recorded === 'string') this.#text(actual, recorded, path);
    else assert.strictEqual(actual, recorded, path);
  }

  #list(actual: unknown, recorded: readonly unknown[], path: string): void {
    assert.ok(Array.isArray(actual), `${path} is no list`);
    assert.equal(actual.length, recorded.length, `${path}: number of entries`);
    for (const [i, item] of recorded.entries()) this.check(actual[i], item, `${path}[${i}]`);
  }

  #members(given: unknown, recorded: object, path: string): void {
    // Documents are recorded parsed.
    const actual: unknown = typeof given === 'string' ? JSON.parse(given) : given;
    assert.ok(typeof actual === 'object' && actual !== null, `${path} is no structure`);
    // An error's text is recorded twice where the error is modelled.
    const wanted = Object.entries(recorded).filter(([name]) => !('Error' in recorded && name === 'message'));
    const names = wanted.map(([name]) => name);
    const more = Object.keys(actual).filter(
      (name) => (actual as Record<string, unknown>)[name] !== undefined && !this.#newer.has(name),
    );
    assert.deepEqual([...new Set([...more, ...names])].sort(), names.sort(), `${path}: members`);
    for (const [name, value] of wanted) this.check((actual as Record<string, unknown>)[name], value, `${path}.${name}`);
  }

  #text(actual: unknown, recorded: string, path: string): void {
    if (actual instanceof Date) assert.match(recorded, /^<?datetime>?$/, path);
    else if (actual instanceof Uint8Array) bytes(actual, recorded, path);
    else if (typeof actual !== 'string') assert.fail(`${path}: ${String(actual)} instead of ${recorded}`);
    else if (enumeration.test(recorded)) values(actual, recorded, path);
    else this.#pattern(actual, recorded, path);
  }

  #pattern(actual: string, recorded: string, path: string): void {
    const names: string[] = [];
    const source = recorded
      .split(/(<[a-z-]+(?::[0-9]+)?>|111111111111)/)
      .map((part, i) => {
        if (i % 2 === 0) return RegExp.escape(part);
        if (part === '111111111111') return this.#account;
        const name = part.slice(1, -1);
        const bound = this.#bound.get(name);
        if (bound !== undefined) return RegExp.escape(bound);
        names.push(name);
        return `(${formOf(name, path)})`;
      })
      .join('');
    const found = new RegExp(`^${source}$`).exec(actual);
    assert.ok(found !== null, `${path}: \`${actual}\` instead of \`${recorded}\``);
    for (const [i, name] of names.entries()) if (name.includes(':')) this.#bound.set(name, found[i + 1] ?? '');
  }
}

/** Bytes are recorded as the name of their member. */
function bytes(actual: Uint8Array, recorded: string, path: string): void {
  assert.ok(actual.length > 0, `${path} is empty`);
  assert.equal(recorded.replace(/[<>]/g, ''), kebab(path.slice(path.lastIndexOf('.') + 1)), path);
}

function values(actual: string, recorded: string, path: string): void {
  const [, head, recordedValues = ''] = enumeration.exec(recorded) ?? [];
  const [, ownHead, ownValues = ''] = enumeration.exec(actual) ?? [];
  assert.equal(ownHead, head, path);
  const own = ownValues.split(', ');
  const missing = recordedValues.split(', ').filter((value) => !own.includes(value));
  assert.deepEqual(missing, [], `${path}: values of the enumeration`);
}

function formOf(name: string, path: string): string {
  const form = forms.find(([each]) => each.test(name))?.[1];
  assert.ok(form !== undefined, `${path}: placeholder \`${name}\` has no form`);
  return form;
}

/** `PrivateKeyPlaintext` → `private-key-plaintext`, as recorded. */
function kebab(member: string): string {
  return member.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase();
}
