import type { Context } from '#runtime/context.ts';
import { confirmationNotice } from './confirmation-message.ts';
import type { Parcel } from './deliveries.ts';
import { contentOf } from './encryption.ts';
import type { Notice } from './engine/notification.ts';
import { type Content, type Message, textFor } from './message.ts';
import { type TopicReference, topicArn } from './names.ts';
import type { SubscriptionRow } from './records.ts';
import type { Letter } from './senders/sender.ts';

/** The letters of one unit of work: each message is opened once, and once made up for all who read the same text. */
export class Letters {
  readonly #ctx: Context;
  readonly #topic: TopicReference;
  readonly #contents = new Map<Message, Content>();
  readonly #letters = new Map<Message, Map<string, Letter>>();

  constructor(ctx: Context, topic: TopicReference) {
    this.#ctx = ctx;
    this.#topic = topic;
  }

  content(message: Message): Content {
    let content = this.#contents.get(message);
    if (content === undefined) {
      content = contentOf(this.#ctx, this.#topic, message);
      this.#contents.set(message, content);
    }
    return content;
  }

  letter(message: Message, { protocol }: SubscriptionRow): Letter {
    const content = this.content(message);
    const text = textFor(content, protocol);
    let byText = this.#letters.get(message);
    if (byText === undefined) {
      byText = new Map();
      this.#letters.set(message, byText);
    }
    let letter = byText.get(text);
    if (letter === undefined) {
      letter = { notice: this.#notice(message, content, text), attributes: content.attributes, message };
      byText.set(text, letter);
    }
    return letter;
  }

  of(parcel: Parcel, subscription: SubscriptionRow): Letter {
    if ('message' in parcel) return this.letter(parcel.message, subscription);
    const notice = confirmationNotice(this.#ctx, this.#topic, subscription, parcel.confirmation);
    return { notice, attributes: {}, message: undefined };
  }

  #notice({ id, time, sequence }: Message, { subject }: Content, text: string): Notice {
    return {
      Type: 'Notification',
      MessageId: id,
      SequenceNumber: sequence,
      TopicArn: topicArn(this.#topic),
      Subject: subject,
      Message: text,
      Timestamp: new Date(time).toISOString(),
    };
  }
}
