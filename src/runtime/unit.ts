import { strict as assert } from 'node:assert';
import type { AuditWrite, CommitUnit, JobWrite, OutboxEvent, RecordKey, RecordWrite } from '#store/store.ts';

type Place = Pick<RecordKey, 'collection' | 'account' | 'region'>;

/** What one call has read and wants to write: the unit that commits, or nothing of it. */
export class Unit {
  #reads = new Map<string, { readonly key: RecordKey; readonly version: number }>();
  #writes = new Map<string, RecordWrite>();
  #events: OutboxEvent[] = [];
  #jobs: JobWrite[] = [];

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

  get publishes(): boolean {
    return this.#events.length > 0;
  }

  /** Runs `work`; when it throws, its writes are dropped (its reads stay). */
  async nested<T>(work: () => Promise<T>): Promise<T> {
    const writes = new Map(this.#writes);
    const events = [...this.#events];
    const jobs = [...this.#jobs];
    try {
      return await work();
    } catch (error) {
      this.#writes = writes;
      this.#events = events;
      this.#jobs = jobs;
      throw error;
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
