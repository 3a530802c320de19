import type { OutboxEvent } from '../store.ts';

/** What a subscriber takes at once. */
export type StreamBatch = {
  /** In the order of commits. */
  readonly events: readonly OutboxEvent[];
  /** They are taken, and don't come again. */
  ack(): Promise<void>;
};

/**
 * How published events reach their subscribers: each gets all events of its topic, in the order of commits, at least once. Where several
 * processes share an installation, one of them has a subscriber's next batch, and another gets it when that one is gone.
 */
export interface Streams {
  /**
   * The next events of a topic that the subscriber has not acknowledged. A batch that is neither acknowledged nor asked for again by this
   * process is given to another after a while.
   *
   * @param wait until something comes, at most this long, ms; embedded streams answer at once
   * @returns undefined when there is nothing, or another process has it
   */
  next(subscriber: string, topic: string, limit: number, wait: number): Promise<StreamBatch | undefined>;
  /** True where `next` waits; otherwise somebody must say when to ask again. */
  readonly waits: boolean;
  /** Something was committed that publishes: carry it on now. */
  wake(): void;
  close(): Promise<void>;
}
