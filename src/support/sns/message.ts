import type { ShownAttribute } from './engine/notification.ts';

/** What of a message is nobody's business but the subscribers'. */
export type Content = {
  readonly text: string;
  /** Texts by protocol, of messages with `MessageStructure` json. */
  readonly texts?: Readonly<Record<string, string>> | undefined;
  readonly subject?: string | undefined;
  /** Binary values in base64. */
  readonly attributes: Readonly<Record<string, ShownAttribute>>;
};

/** A message on its way. Times in ms. */
export type Message = {
  readonly id: string;
  readonly time: number;
  readonly group?: string | undefined;
  readonly deduplication?: string | undefined;
  readonly sequence?: string | undefined;
  readonly content: Content | Encrypted;
};

/** Content under a data key of the topic's KMS key. All base64. */
export type Encrypted = {
  /** As KMS gave it. */
  readonly encryptedKey: string;
  /** The data key, sealed, for the delivery: the publisher's permissions end with the call. */
  readonly sealedKey: string;
  readonly iv: string;
  readonly text: string;
};

/** What subscribers of a protocol get to read. */
export function textFor({ text, texts }: Content, protocol: string): string {
  return texts !== undefined && Object.hasOwn(texts, protocol) ? (texts[protocol] ?? text) : text;
}
