import { collection } from '#runtime/collection.ts';
import type { Records } from '#runtime/records.ts';
import type { TopicReference } from './names.ts';

export type TopicRow = {
  readonly name: string;
  readonly created: number;
  /** As set, by name: `DisplayName`, `KmsMasterKeyId`, … Without those that have members of their own below. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Resource policy, principals pinned. */
  readonly policy: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Subscriptions that there once were. */
  readonly deletedSubscriptions: number;
};

export type Protocol = 'sqs' | 'lambda' | 'http' | 'https' | 'email' | 'email-json';

export type SubscriptionRow = {
  readonly id: string;
  readonly topic: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  /** Account of who subscribed. */
  readonly owner: string;
  /** ARN of who subscribed. */
  readonly principal: string;
  readonly pending: boolean;
  /** Somebody with credentials confirmed it. */
  readonly authenticated: boolean;
  /** Links end it only for those with credentials. */
  readonly authenticateOnUnsubscribe: boolean;
  readonly attributes: Readonly<Record<string, string>>;
  readonly created: number;
};

/** Id: the topic's name. */
export const topics = collection<TopicRow>('sns/topic', 'regional');
/** At the topic's place, whoever owns it. Id: `topic:id`. */
export const subscriptions = collection<SubscriptionRow>('sns/subscription', 'regional', {
  endpoint: ({ topic, protocol, endpoint }) => [`${topic}:${protocol}:${endpoint}`],
});
/** Subscriptions of an account, wherever their topics are. Id: ARN. */
export const owned = collection<true>('sns/owned-subscription', 'regional');

/** What a confirmation token stands for. Id: its digest. */
export type TokenRow = { readonly subscription: string; readonly until: number };
export const tokens = collection<TokenRow>('sns/token', 'regional', { subscription: (row) => [row.subscription] });

/** A FIFO topic's memory of one message. Id: `topic:digest`. */
export type SeenRow = {
  readonly topic: string;
  readonly messageId: string;
  readonly sequence: string;
  readonly until: number;
};
export const seen = collection<SeenRow>('sns/deduplication', 'regional', {
  until: ({ topic, until }) => [`${topic}:${String(until).padStart(15, '0')}`],
});

/** The last number of a group. Id: `topic:digest of the group`. */
export type GroupRow = { readonly topic: string; readonly sequence: string; readonly until: number };
export const groups = collection<GroupRow>('sns/group', 'regional', {
  until: ({ topic, until }) => [`${topic}:${String(until).padStart(15, '0')}`],
});

/** What messages are signed with. Id: `current`, and again under its own id for those who verify later. */
export type SigningKeyRow = {
  readonly id: string;
  /** PKCS #8, sealed, base64. */
  readonly sealedKey: string;
  /** PEM. */
  readonly certificate: string;
  /** When it is replaced, ms since the epoch. */
  readonly until: number;
};
export const signingKeys = collection<SigningKeyRow>('sns/signing-key', 'installation');

export function subscriptionId(topic: string, id: string): string {
  return `${topic}:${id}`;
}

export function findTopic(records: Records, { account, region, name }: TopicReference): Promise<TopicRow | undefined> {
  return records.at({ account, region }).get(topics, name);
}

/** All subscriptions of a topic. */
export async function subscriptionsOf(records: Records, topic: string): Promise<readonly SubscriptionRow[]> {
  const found: SubscriptionRow[] = [];
  for (let after: string | undefined; ; ) {
    const page = await records.list(subscriptions, {
      prefix: `${topic}:`,
      limit: 1_000,
      ...(after === undefined ? {} : { after }),
    });
    for (const { value } of page) found.push(value);
    if (page.length < 1_000) return found;
    after = page.at(-1)?.id;
  }
}
