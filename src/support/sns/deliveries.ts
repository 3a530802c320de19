import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import type { Confirmation } from './confirmation-message.ts';
import type { Message } from './message.ts';
import type { TopicReference } from './names.ts';
import type { Protocol, SubscriptionRow } from './records.ts';

/** The topic of what was published. */
export const messageTopic = 'sns/message';

/** What one call published, to one topic. */
export type Published = {
  readonly account: string;
  readonly region: string;
  readonly topic: string;
  readonly messages: readonly Message[];
};

/** What one subscriber gets. */
export type Parcel = { readonly message: Message } | { readonly confirmation: Confirmation };

/** A delivery that waits for its time, or for its endpoint. */
export type Waiting = {
  readonly topic: string;
  readonly subscription: string;
  readonly parcel: Parcel;
  /** Attempts made again so far. */
  readonly retries: number;
};

/** Endpoints that are waited for have jobs beside those of the house. */
const kinds: Readonly<Record<Protocol, string>> = {
  email: 'sns/mail',
  'email-json': 'sns/mail',
  http: 'sns/http',
  https: 'sns/http',
  lambda: 'sns/retry',
  sqs: 'sns/retry',
};

/** Tries one delivery at a time. */
export function sendLater(
  ctx: Context,
  topic: TopicReference,
  { id, protocol }: SubscriptionRow,
  { parcel, retries }: Pick<Waiting, 'parcel' | 'retries'>,
  runAt: number,
): void {
  const payload: Waiting = { topic: topic.name, subscription: id, parcel, retries };
  const what = jobId(topic.account, topic.region, ctx.uuid());
  ctx.schedule({ kind: kinds[protocol], id: what, runAt: Math.ceil(runAt), payload });
}
