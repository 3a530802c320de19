/** A place in a process's memory, one for each installation. */
export type Slot<T> = { readonly of: (house: object) => T };

/**
 * Declares what a process keeps in memory for an installation.
 *
 * @example
 * const claims = slot(() => new Map<string, number>());
 * ctx.local(claims).set(messageId, ctx.now);
 */
export function slot<T>(make: () => T): Slot<T> {
  const kept = new WeakMap<object, { readonly value: T }>();
  return {
    of: (house) => {
      let held = kept.get(house);
      if (held === undefined) {
        held = { value: make() };
        kept.set(house, held);
      }
      return held.value;
    },
  };
}
