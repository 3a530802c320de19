import { strict as assert } from 'node:assert';

/** Members that AWS answers today and older recordings lack, or that differ on purpose (README). */
const newer = new Set(['LoggingConfig', 'RuntimeVersionConfig', 'SnapStart']);
const absent = new Set(['HTTPHeaders', 'Location', 'RequestId', 'RetryAttempts']);

/**
 * Compares answers with recorded ones. `<name:1>` stands for one value throughout a case, `<name>` and names of times for any. Every other
 * difference is one.
 */
export class LambdaMatch {
  readonly #account: string;
  readonly #bound = new Map<string, string>();

  constructor(account: string) {
    this.#account = account;
  }

  /** @throws AssertionError with the path of the first difference */
  check(actual: unknown, recorded: unknown, path: string): void {
    if (typeof recorded === 'string') this.#text(actual, recorded, path);
    else if (Array.isArray(recorded)) {
      assert.ok(Array.isArray(actual), `${path} is no list`);
      assert.equal(actual.length, recorded.length, `${path}: number of entries`);
      for (const [i, each] of recorded.entries()) this.check(actual[i], each, `${path}[${i}]`);
    } else if (typeof recorded === 'object' && recorded !== null) this.#members(actual, recorded, path);
    else assert.strictEqual(actual, recorded, path);
  }

  #members(given: unknown, recorded: object, path: string): void {
    const actual = (typeof given === 'string' ? JSON.parse(given) : given) as Record<string, unknown> | undefined;
    assert.ok(typeof actual === 'object' && actual !== null, `${path} is no structure`);
    const wanted = Object.entries(recorded).filter(([name]) => !absent.has(name));
    const names = wanted.map(([name]) => name);
    const more = Object.keys(actual).filter(
      (name) => actual[name] !== undefined && !absent.has(name) && (!newer.has(name) || names.includes(name)),
    );
    assert.deepEqual([...new Set(more)].sort(), names.sort(), `${path}: members`);
    for (const [name, value] of wanted) this.check(actual[name], value, `${path}.${name}`);
  }

  #text(actual: unknown, recorded: string, path: string): void {
    if (actual instanceof Date || typeof actual === 'number') {
      assert.match(recorded, /^(<.*>|datetime|date)$/, path);
      return;
    }
    assert.equal(typeof actual, 'string', path);
    if (recorded === 'date' || recorded === 'code-sha256') return;
    const names: string[] = [];
    const pattern = recorded
      .split(/(<[a-z0-9_-]+(?::[0-9]+)?>|111111111111)/)
      .map((part, i) => {
        if (i % 2 === 0) return RegExp.escape(part);
        if (part === '111111111111') return this.#account;
        if (part === '<partition>') return 'aws';
        const bound = this.#bound.get(part);
        if (bound !== undefined) return RegExp.escape(bound);
        names.push(part);
        return '([\\s\\S]+?)';
      })
      .join('');
    const found = new RegExp(`^${pattern}$`).exec(String(actual));
    assert.ok(found !== null, `${path}: \`${String(actual)}\` instead of \`${recorded}\``);
    for (const [i, name] of names.entries()) if (name.includes(':')) this.#bound.set(name, found[i + 1] ?? '');
  }
}
