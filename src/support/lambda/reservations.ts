import { collection } from '#runtime/collection.ts';
import type { Records } from '#runtime/records.ts';

type Reservations = Readonly<Record<string, number>>;

/** One record for an account and Region, so that what is left for others can be told: changed by hand, read by every execution. */
export const reservedConcurrency = collection<Reservations>('lambda/reserved-concurrency', 'regional');
const id = 'functions';

/** Executions reserved, by function. */
export async function reservations(records: Records): Promise<Reservations> {
  return (await records.get(reservedConcurrency, id)) ?? {};
}

/** @param reserved undefined: none any more */
export async function reserve(records: Records, name: string, reserved: number | undefined): Promise<void> {
  const { [name]: before, ...rest } = await reservations(records);
  if (before === reserved) return;
  records.put(reservedConcurrency, id, reserved === undefined ? rest : { ...rest, [name]: reserved });
}
