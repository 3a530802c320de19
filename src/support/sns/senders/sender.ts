import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { type Failure, failureOf } from '../../target-failure.ts';
import type { Notice, ShownAttribute } from '../engine/notification.ts';
import type { Message } from '../message.ts';
import { arnParts, type TopicReference, topicArn } from '../names.ts';
import type { SubscriptionRow, TopicRow } from '../records.ts';

/** From where to where. */
export type Line = {
  readonly topic: TopicReference;
  readonly row: TopicRow;
  readonly subscription: SubscriptionRow;
  readonly subscriptionArn: string;
};

/** One message as its subscriber gets it. */
export type Letter = {
  /** What is signed. */
  readonly notice: Notice;
  readonly attributes: Readonly<Record<string, ShownAttribute>>;
  /** Undefined for confirmations. */
  readonly message: Message | undefined;
};

/** What a sender says of letters that arrived: a status, and what the receiver answered. */
export type Receipt = { readonly statusCode: number; readonly providerResponse: string };

/** By the indexes of the letters. */
export type Outcome = Failure | Receipt;

/** Hands letters to a subscriber, in their order. Throws nothing that a subscriber does. */
export type Sender = (ctx: Context, line: Line, letters: readonly Letter[]) => Promise<readonly Outcome[]>;

export function isFailure(outcome: Outcome): outcome is Failure {
  return 'retry' in outcome;
}

/** Queues and functions are called by the service, for the topic: their policies must allow it. */
export function callOptions({ topic, subscription }: Line) {
  const { account, region } = arnParts(subscription.endpoint) ?? topic;
  const source = { arn: topicArn(topic), account: topic.account };
  return { as: 'service', source, account, region } as const;
}

/** Runs a call; a refusal is a failure. @throws what is no refusal */
export async function attempt<T>(call: () => Promise<T>): Promise<T | Failure> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return failureOf(error.code, error.message);
  }
}
