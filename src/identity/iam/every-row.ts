import type { Collection } from '#runtime/collection.ts';
import type { Records } from '#runtime/records.ts';

const batch = 500;

/** All rows of a collection in order of their ids, read in batches. @param after begins behind this id */
export async function* everyRow<T>(
  records: Records,
  from: Collection<T>,
  after?: string,
): AsyncGenerator<{ readonly id: string; readonly value: T }> {
  let last = after;
  for (;;) {
    const listed = await records.list(from, { limit: batch, ...(last === undefined ? {} : { after: last }) });
    yield* listed;
    if (listed.length < batch) return;
    last = listed.at(-1)?.id;
  }
}
