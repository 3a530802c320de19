import type { CommittedChange } from './store.ts';

export type ChangeListener = (changes: readonly CommittedChange[]) => void;

/** Tells listeners what was committed. A listener that throws is a bug of its own: it neither fails the commit nor hides from others. */
export class ChangeFeed {
  readonly #listeners = new Set<ChangeListener>();

  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(changes: readonly CommittedChange[]): void {
    if (changes.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener(changes);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
