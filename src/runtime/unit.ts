import { strict as assert } from 'node:assert';
import type { AuditWrite, CommitUnit, JobWrite, OutboxEvent, RecordKey, RecordWrite } from '#store/store.ts';

type Place = Pick<RecordKey, 'collection' | 'account' | 'region'>;

/** What one call has read and wants to write: the unit that commits, or nothing of it. */
export class Unit {
  readonly #reads = new Map<string, { readonly key: RecordKey; readonly version: number }>();
  readonly #writes = new Map<string, RecordWrite>();
  readonly #events: OutboxEvent[] = [];
  readonly #jobs: JobWrite[] = [];
  /** What writes replaced, while something nested runs that may fail. */
  readonly #replaced: (readonly [name: string, before: RecordWrite | undefined])[] = [];
  #depth = 0;

  /** Remembers the version read first: that is the one the commit checks. */
  read(key: RecordKey, version: number): void {
    const name = nameOf(key);
    if (!this.#reads.has(name)) this.#reads.set(name, { key, version });
  }

  knows(key: RecordKey): boolean {
    return this.#reads.has(nameOf(key));
  }

  written(key: RecordKey): RecordWrite | undefined {
    return this.#writes.size === 0 ? undefined : this.#writes.get(nameOf(key));
  }

  write(key: RecordKey, value: unknown, indexes: RecordWrite['indexes']): void {
    const name = nameOf(key);
    const read = this.#reads.get(name);
    assert(read !== undefined, `INVARIANT: \`${key.collection}\` is read before it is written`);
    if (this.#depth > 0) this.#replaced.push([name, this.#writes.get(name)]);
    this.#writes.set(name, { key, expected: read.version, value, indexes });
  }

  writesIn(place: Place): readonly RecordWrite[] {
    if (this.#writes.size === 0) return [];
    return [...this.#writes.values()].filter(
      ({ key }) => key.collection === place.collection && key.account === place.account && key.region === place.region,
    );
  }

  event(event: OutboxEvent): void {
    this.#events.push(event);
  }

  job(job: JobWrite): void {
    this.#jobs.push(job);
  }

  /** True when the commit changes anything beside the audit. */
  get changes(): boolean {
    return this.#writes.size > 0 || this.#events.length > 0 || this.#jobs.length > 0;
  }

  get schedules(): boolean {
    return this.#jobs.length > 0;
  }

  /** Topics of what it publishes, each once. */
  get topics(): readonly string[] {
    return this.#events.length === 0 ? [] : [...new Set(this.#events.map(({ topic }) => topic))];
  }

  /** Runs `work`; when it throws, its writes are dropped (its reads stay). */
  async nested<T>(work: () => Promise<T>): Promise<T> {
    const [writes, events, jobs] = [this.#replaced.length, this.#events.length, this.#jobs.length];
    this.#depth += 1;
    try {
      return await work();
    } catch (error) {
      for (const [name, before] of this.#replaced.splice(writes).reverse()) {
        if (before === undefined) this.#writes.delete(name);
        else this.#writes.set(name, before);
      }
      this.#events.length = events;
      this.#jobs.length = jobs;
      throw error;
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) this.#replaced.length = 0;
    }
  }

  /** A unit that only reads is not checked: what it answers was true when it read it. */
  commit(audit: readonly AuditWrite[]): CommitUnit {
    if (!this.changes) return { reads: [], writes: [], events: [], jobs: [], audit };
    return {
      reads: [...this.#reads.values()].filter(({ key }) => !this.#writes.has(nameOf(key))),
      writes: [...this.#writes.values()],
      events: this.#events,
      jobs: this.#jobs,
      audit,
    };
  }
}

function nameOf(key: RecordKey): string {
  return `${key.collection}\u0000${key.account}\u0000${key.region}\u0000${key.id}`;
}
