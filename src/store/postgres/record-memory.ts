import { type CachedRecord, RecordCache } from '../record-cache.ts';

/**
 * Records in memory while other processes write, too. Kept only as long as announcements arrive; what an announcement
 * names is forgotten, and a reading or a commit that was under way meanwhile is not kept either.
 */
export class RecordMemory {
  readonly #cache: RecordCache;
  readonly #loading = new Map<string, Promise<CachedRecord>>();
  /** What was announced since the commit under way began. */
  readonly #announced = new Set<string>();
  #committing = false;
  #connected = false;
  /** Counts the times that everything was forgotten. */
  #age = 0;

  constructor(limits: { readonly count?: number; readonly bytes?: number } | undefined) {
    this.#cache = new RecordCache(limits);
  }

  get(address: string): CachedRecord | undefined {
    return this.#cache.get(address);
  }

  /** Readers of one record share one query. */
  load(address: string, query: () => Promise<CachedRecord>): Promise<CachedRecord> {
    const known = this.#loading.get(address);
    if (known !== undefined) return known;
    const loading = query().then(
      (record) => {
        if (this.#finish(address, loading) && this.#connected) this.#cache.set(address, record);
        return record;
      },
      (error) => {
        this.#finish(address, loading);
        throw error;
      },
    );
    this.#loading.set(address, loading);
    return loading;
  }

  /** Before a commit begins. @returns what to call once it is durable, with what it wrote */
  beginCommit(): (written: readonly { readonly address: string; readonly after: CachedRecord }[]) => void {
    this.#committing = true;
    this.#announced.clear();
    const age = this.#age;
    return (written) => {
      this.#committing = false;
      for (const { address, after } of written) {
        this.#forgetOne(address);
        if (this.#connected && age === this.#age && !this.#announced.has(address)) this.#cache.set(address, after);
      }
    };
  }

  forget(address: string): void {
    if (this.#committing) this.#announced.add(address);
    this.#forgetOne(address);
  }

  forgetAll(): void {
    this.#age += 1;
    this.#loading.clear();
    this.#cache.clear();
  }

  set connected(yes: boolean) {
    this.#connected = yes;
    this.forgetAll();
  }

  #forgetOne(address: string): void {
    this.#loading.delete(address);
    this.#cache.delete(address);
  }

  /** @returns false when the record was forgotten while it was loaded */
  #finish(address: string, loading: Promise<CachedRecord>): boolean {
    if (this.#loading.get(address) !== loading) return false;
    this.#loading.delete(address);
    return true;
  }
}
