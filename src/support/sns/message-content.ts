import { invalid, present } from './api.ts';
import type { Content } from './message.ts';
import { attributesSize, type GivenAttribute, readAttributes } from './message-attributes.ts';

/** Largest message with its attributes, and largest batch, bytes (model, "Publish"). */
export const maxBytes = 262_144;

/** What clients give of a message. */
export type GivenMessage = {
  readonly Message: string;
  readonly Subject?: string | undefined;
  readonly MessageStructure?: string | undefined;
  readonly MessageAttributes?: Readonly<Record<string, GivenAttribute>> | undefined;
};

/** Text without line breaks or control characters, up to 100 of them (model, "Publish"). */
const subjectPattern = /^[^\p{Cc}]{1,100}$/u;

/** Reads a message, with the bytes that it counts. @throws ServiceError with AWS's texts (recordings) */
export function readContent(given: GivenMessage): { readonly content: Content; readonly size: number } {
  const attributes = readAttributes(given.MessageAttributes);
  const size = Buffer.byteLength(given.Message) + attributesSize(attributes);
  if (given.Message === '') throw invalid('Empty message');
  if (given.Subject !== undefined && !subjectPattern.test(given.Subject)) throw invalid('Subject');
  const content = { ...textsOf(given), subject: given.Subject, attributes };
  return { content: present(content) as Content, size };
}

function textsOf({ Message, MessageStructure }: GivenMessage): Pick<Content, 'text' | 'texts'> {
  if (MessageStructure === undefined) return { text: Message };
  if (MessageStructure !== 'json') throw invalid('MessageStructure');
  let parsed: unknown;
  try {
    parsed = JSON.parse(Message);
  } catch {
    throw invalid('Message Structure - JSON message body failed to parse');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw invalid('Message Structure - JSON message body failed to parse');
  }
  const texts = Object.fromEntries(
    Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
  const { default: text, ...others } = texts;
  if (text === undefined) throw invalid('Message Structure - No default entry in JSON message body');
  return { text, texts: others };
}
