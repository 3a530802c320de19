/**
 * Where an event stands in its stream: by time, then by the call that brought it, then by its place in that call. It never changes, also
 * when blocks are merged, so tokens and event ids are made of it.
 */
export type Position = {
  /** Timestamp, ms. */
  readonly time: number;
  /** The call: 20 hexadecimal digits that ascend with the time of the call. */
  readonly call: string;
  /** Place in the call. */
  readonly index: number;
};

const callBits = 80n;
const indexBits = 20n;
/** Raises ids of our time to the 56 digits that AWS's have. */
const raiseBits = 44n;
const idDigits = 56;
/** The latest time that ids have room for: in the year 2112. */
export const endOfTime = 4_480_000_000_000;
const indexShift = raiseBits;
const callShift = indexShift + indexBits;
const timeShift = callShift + callBits;

const firstCall = '0'.repeat(20);
const lastCall = 'f'.repeat(20);
const lastIndex = (1 << Number(indexBits)) - 1;

export function comparePositions(a: Position, b: Position): number {
  if (a.time !== b.time) return a.time - b.time;
  if (a.call !== b.call) return a.call < b.call ? -1 : 1;
  return a.index - b.index;
}

/** Before every event of this time. */
export function startOf(time: number): Position {
  return { time, call: firstCall, index: 0 };
}

/** After every event before this time. */
export function endBefore(time: number): Position {
  return time <= 0 ? startOf(0) : { time: time - 1, call: lastCall, index: lastIndex };
}

/**
 * An event id: 56 digits.
 *
 * @example eventId({ time: 1770226377833, call: '019c2a…', index: 0 }) // '39476…'
 */
export function eventId({ time, call, index }: Position): string {
  const id = (BigInt(time) << timeShift) | (BigInt(`0x${call}`) << callShift) | (BigInt(index) << indexShift);
  return String(id).padStart(idDigits, '0');
}

/** The position behind an id; undefined for a text that is none. */
export function positionIn(id: string): Position | undefined {
  if (!/^\d{56}$/.test(id)) return undefined;
  const value = BigInt(id);
  const time = Number(value >> timeShift);
  if (!Number.isSafeInteger(time)) return undefined;
  return {
    time,
    call: ((value >> callShift) & ((1n << callBits) - 1n)).toString(16).padStart(20, '0'),
    index: Number((value >> indexShift) & ((1n << indexBits) - 1n)),
  };
}
