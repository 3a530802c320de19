import type { IndexRange, RecordKey, RecordWrite, ScanRange, Store, StoredRecord } from '#store/store.ts';
import type { Collection } from './collection.ts';
import type { Unit } from './unit.ts';

/** One entry of a list: the id, the value and, for index lists, the index key that it was found under. */
export type Listed<T> = { readonly id: string; readonly value: T; readonly indexKey: string };

/** Options of a list. `after` is exclusive: the id, or for index lists the pair, last seen. */
export type ListOptions = Pick<ScanRange, 'prefix' | 'after' | 'limit' | 'reverse'>;
export type IndexListOptions = Pick<IndexRange, 'equals' | 'prefix' | 'after' | 'limit' | 'reverse'>;

/**
 * The records of one account and region as one call sees them: committed state with the call's own writes on top.
 * Reads are remembered, so that the commit fails when somebody else changed them meanwhile.
 */
export class Records {
  readonly #store: Store;
  readonly #unit: Unit;
  readonly #account: string;
  readonly #region: string;

  constructor(store: Store, unit: Unit, account: string, region: string) {
    this.#store = store;
    this.#unit = unit;
    this.#account = account;
    this.#region = region;
  }

  /** The same unit, seen from another account or region. */
  at(place: { readonly account?: string; readonly region?: string }): Records {
    return new Records(this.#store, this.#unit, place.account ?? this.#account, place.region ?? this.#region);
  }

  async get<T>(from: Collection<T>, id: string): Promise<T | undefined> {
    const key = this.#key(from, id);
    const written = this.#unit.written(key);
    if (written !== undefined) return written.value as T | undefined;
    const stored = await this.#store.get<T>(key);
    this.#unit.read(key, stored?.version ?? 0);
    return stored?.value;
  }

  /** Writes a record that must not exist yet; the commit fails when it does. */
  create<T>(into: Collection<T>, id: string, value: T): void {
    const key = this.#key(into, id);
    if (!this.#unit.knows(key)) this.#unit.read(key, 0);
    this.#unit.write(key, value, indexesOf(into, value, id));
  }

  /** Replaces a record read before by `get` or a list (or writes one found absent). */
  put<T>(into: Collection<T>, id: string, value: T): void {
    this.#unit.write(this.#key(into, id), value, indexesOf(into, value, id));
  }

  /** Deletes a record read before. */
  delete<T>(from: Collection<T>, id: string): void {
    this.#unit.write(this.#key(from, id), undefined, []);
  }

  /** Records in binary order of their ids. */
  async list<T>(from: Collection<T>, options: ListOptions = {}): Promise<readonly Listed<T>[]> {
    const { prefix = '', after } = options;
    const range: ScanRange = { ...this.#key(from, ''), ...options };
    const written = this.#unit.writesIn(range);
    const stored = await unwritten(written, options.limit, (limit) => this.#store.scan<T>({ ...range, limit }));
    const entries = stored.map((record) => this.#seen(record, record.key.id));
    if (written.length === 0) return entries;
    for (const { key, value } of written) {
      if (value !== undefined && key.id.startsWith(prefix))
        entries.push({ id: key.id, value: value as T, indexKey: key.id });
    }
    return pageOf(entries, options, after === undefined ? undefined : { key: after, id: after });
  }

  /** Records by a secondary index, in order of index key, then id. */
  async listIndex<T>(from: Collection<T>, index: string, options: IndexListOptions): Promise<readonly Listed<T>[]> {
    const { equals, prefix = '', after } = options;
    const range: IndexRange = { ...this.#key(from, ''), ...options, index };
    const written = this.#unit.writesIn(range);
    const stored = await unwritten(written, options.limit, (limit) => this.#store.scanIndex<T>({ ...range, limit }));
    const entries = stored.map((record) => this.#seen(record, record.indexKey));
    if (written.length === 0) return entries;
    for (const { key, value, indexes } of written) {
      for (const [name, indexKey] of indexes) {
        const hit = equals === undefined ? indexKey.startsWith(prefix) : indexKey === equals;
        if (name === index && hit) entries.push({ id: key.id, value: value as T, indexKey });
      }
    }
    return pageOf(entries, options, after);
  }

  /** How many committed records there are; not part of what the commit checks. */
  count<T>(from: Collection<T>, options: Pick<ScanRange, 'prefix'> = {}): Promise<number> {
    return this.#store.count({ ...this.#key(from, ''), ...options });
  }

  #key<T>(of: Collection<T>, id: string): RecordKey {
    return {
      collection: of.name,
      account: of.scope === 'installation' ? '' : this.#account,
      region: of.scope === 'regional' ? this.#region : '',
      id,
    };
  }

  #seen<T>(record: StoredRecord<T>, indexKey: string): Listed<T> {
    this.#unit.read(record.key, record.version);
    return { id: record.key.id, value: record.value, indexKey };
  }
}

function indexesOf<T>(of: Collection<T>, value: T, id: string): readonly (readonly [string, string])[] {
  const entries: (readonly [string, string])[] = [];
  for (const index in of.indexes) {
    for (const key of of.indexes[index]?.(value, id) ?? []) entries.push([index, key]);
  }
  return entries;
}

const defaultLimit = 1_000;

/** Committed records that the unit did not write, enough for a page: those it wrote take no place in what is scanned. */
async function unwritten<R extends StoredRecord>(
  written: readonly RecordWrite[],
  wanted: number = defaultLimit,
  scan: (limit: number) => Promise<readonly R[]>,
): Promise<readonly R[]> {
  if (written.length === 0) return scan(wanted);
  const ids = new Set(written.map(({ key }) => key.id));
  for (let extra = written.length; ; extra *= 2) {
    const stored = await scan(wanted + extra);
    const kept = stored.filter(({ key }) => !ids.has(key.id));
    if (kept.length >= wanted || stored.length < wanted + extra) return kept.slice(0, wanted);
  }
}

/** Entries beyond `after`, in the order that the store has: by the bytes of index key, then id. */
function pageOf<T>(
  entries: readonly Listed<T>[],
  { limit = defaultLimit, reverse = false }: { readonly limit?: number; readonly reverse?: boolean },
  after: IndexListOptions['after'],
): readonly Listed<T>[] {
  type Rank = readonly [key: Buffer, id: Buffer];
  const rankOf = (key: string, id: string): Rank => [Buffer.from(key), Buffer.from(id)];
  const order = (a: Rank, b: Rank) => (Buffer.compare(a[0], b[0]) || Buffer.compare(a[1], b[1])) * (reverse ? -1 : 1);
  const ranked = entries.map((entry) => [rankOf(entry.indexKey, entry.id), entry] as const);
  const last = after === undefined ? undefined : rankOf(after.key, after.id);
  return ranked
    .filter(([rank]) => last === undefined || order(rank, last) > 0)
    .sort(([a], [b]) => order(a, b))
    .slice(0, limit)
    .map(([, entry]) => entry);
}
