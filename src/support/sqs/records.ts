import { collection } from '#runtime/collection.ts';
import type { QueueReference } from './engine/names.ts';
import type { Settings } from './engine/settings.ts';

export type QueueRow = {
  readonly name: string;
  /** Of this queue and no later one of its name. */
  readonly id: string;
  /** Names the messages that it holds: another one after a purge, so that purging is one write. */
  readonly contents: string;
  readonly settings: Settings;
  /** Principals pinned. */
  readonly policy: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly created: number;
  readonly modified: number;
  readonly purged: number | undefined;
};

/** What encrypts a body: the data key as KMS wrapped it, base64, and the queue that it was made for. */
export type BodyKey = { readonly keyArn: string; readonly wrapped: string; readonly queueArn: string };

/** The part of a message that clients write. Binary values are base64. */
export type Content = {
  readonly body: string;
  readonly attributes: readonly MessageAttribute[];
  readonly trace: string | undefined;
};

/** Sorted by name. */
export type MessageAttribute = {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly binary: boolean;
};

/** As it is, or as JSON encrypted under the queue's KMS key: base64 of nonce, ciphertext and tag. */
export type StoredContent = Content | { readonly key: BodyKey; readonly sealed: string };

export type MessageRow = {
  readonly messageId: string;
  /** The queue's `contents`. */
  readonly contents: string;
  /** Undefined where it is too long to be rewritten with each receive: it is in `bodies` then. */
  readonly content: StoredContent | undefined;
  readonly senderId: string;
  readonly sent: number;
  /** When it can be received. */
  readonly visibleAt: number;
  readonly receives: number;
  readonly firstReceived: number | undefined;
  readonly lastReceived: number | undefined;
  readonly group: string | undefined;
  readonly deduplication: string | undefined;
  readonly sequence: string | undefined;
  /** ARN of the queue that gave it up. */
  readonly deadFrom: string | undefined;
};

/** A group that has messages: FIFO queues give a group's messages in order, and none while its first one is in flight. */
export type GroupRow = {
  readonly contents: string;
  readonly readyAt: number;
  /** Changes with every receive: tells the states of the group apart. */
  readonly turn: number;
};

export type DeduplicationRow = {
  readonly queue: string;
  readonly messageId: string;
  readonly sequence: string;
  readonly until: number;
};

/** What a receive with an attempt id gave. */
export type AttemptRow = {
  readonly queue: string;
  readonly until: number;
  readonly messages: readonly { readonly id: string; readonly receives: number; readonly visibleAt: number }[];
};

export type MoveTaskRow = {
  readonly id: string;
  readonly source: string;
  readonly destination: string | undefined;
  readonly rate: number | undefined;
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  readonly moved: number;
  readonly toMove: number;
  readonly failure: string | undefined;
  readonly started: number;
};

/** Id: the name. */
export const queues = collection<QueueRow>('sqs/queue', 'regional', {
  'by-dead-letter': ({ settings }) => (settings.redrive === undefined ? [] : [settings.redrive.target]),
});
/** When a queue of the name was deleted. Id: the name. */
export const deletedQueues = collection<number>('sqs/deleted-queue', 'regional');
/** Id: `contents|sent|messageId`, in FIFO queues `contents|group|sequence`. */
export const messages = collection<MessageRow>('sqs/message', 'regional', {
  visible: ({ contents, visibleAt, receives }) => [`${contents}|${padded(visibleAt)}|${receives}`],
});
/** Content of messages too long to be rewritten with each receive. Id: the message's. */
export const bodies = collection<StoredContent>('sqs/body', 'regional');
/** Id: `contents|group`. */
export const groups = collection<GroupRow>('sqs/group', 'regional', {
  ready: ({ contents, readyAt, turn }) => [`${contents}|${padded(readyAt)}|${turn}`],
});
/** Id: `queue|scope|deduplication id`, as a digest. */
export const deduplications = collection<DeduplicationRow>('sqs/deduplication', 'regional', {
  until: ({ queue, until }) => [`${queue}|${padded(until)}`],
});
/** Id: `queue|attempt id`, as a digest. */
export const attempts = collection<AttemptRow>('sqs/attempt', 'regional', {
  until: ({ queue, until }) => [`${queue}|${padded(until)}`],
});
/** Id: `queue|started|id`. */
export const moveTasks = collection<MoveTaskRow>('sqs/move-task', 'regional');

/** Numbers that sort as texts. */
export function padded(number: number): string {
  return String(number).padStart(15, '0');
}

/** A time out of an index key of `messages` or `groups`. */
export function timeIn(indexKey: string): number {
  return Number(indexKey.split('|', 2)[1]);
}

export type Place = Pick<QueueReference, 'account' | 'region'>;
