import { ServiceError } from '#wire/service-error.ts';
import { invalidParameter, invalidValue, missing } from './api.ts';
import { contentDigest } from './digests.ts';
import { isAllowedText, isToken } from './engine/characters.ts';
import type { Settings } from './engine/settings.ts';
import { attributesSize, type GivenAttribute, readAttributes, readTrace } from './message-attributes.ts';
import type { Content } from './records.ts';

/** A message as clients send it, alone or in a batch. */
export type GivenMessage = {
  readonly MessageBody: string;
  readonly DelaySeconds?: number | undefined;
  readonly MessageAttributes?: Readonly<Record<string, GivenAttribute>> | undefined;
  readonly MessageSystemAttributes?: Readonly<Partial<Record<string, GivenAttribute>>> | undefined;
  readonly MessageDeduplicationId?: string | undefined;
  readonly MessageGroupId?: string | undefined;
};

/** A message that its queue takes. */
export type NewMessage = {
  readonly content: Content;
  readonly size: number;
  /** Seconds. */
  readonly delay: number;
  readonly group: string | undefined;
  readonly deduplication: string | undefined;
};

/**
 * Checks a message against its queue.
 *
 * @param cannot how AWS says it: of a single message that its parameters are invalid, of one in a batch that they cannot be validated
 * @throws ServiceError
 */
export function readMessage(
  given: GivenMessage,
  settings: Settings,
  cannot: 'are invalid' | 'cannot be validated',
): NewMessage {
  const { MessageBody: body } = given;
  if (body === '') throw missing('MessageBody');
  if (!isAllowedText(body)) {
    throw new ServiceError(
      'InvalidMessageContents',
      'The message contains characters outside the allowed set: #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.',
    );
  }
  const attributes = readAttributes(given.MessageAttributes);
  const trace = readTrace(given.MessageSystemAttributes);
  const size = Buffer.byteLength(body) + attributesSize(attributes);
  if (size > settings.maxSize)
    throw invalidParameter(
      `One or more parameters ${cannot}. Reason: Message must be shorter than ${settings.maxSize} bytes.`,
    );
  return { content: { body, attributes, trace }, size, delay: delayOf(given, settings), ...orderOf(given, settings) };
}

function delayOf({ DelaySeconds: delay }: GivenMessage, settings: Settings): number {
  if (delay === undefined) return settings.delay;
  if (settings.fifo) {
    if (delay !== 0)
      throw invalidValue(delay, 'DelaySeconds', 'The request include parameter that is not valid for this queue type.');
    return settings.delay;
  }
  if (delay < 0 || delay > 900) throw invalidValue(delay, 'DelaySeconds', 'DelaySeconds must be >= 0 and <= 900.');
  return delay;
}

function orderOf(given: GivenMessage, settings: Settings): Pick<NewMessage, 'group' | 'deduplication'> {
  const { MessageGroupId: group, MessageDeduplicationId: id } = given;
  if (settings.fifo && group === undefined) throw missing('MessageGroupId');
  if (group !== undefined) checkToken(group, 'MessageGroupId');
  if (id !== undefined) checkToken(id, 'MessageDeduplicationId');
  if (!settings.fifo) {
    if (id !== undefined)
      throw invalidValue(
        id,
        'MessageDeduplicationId',
        'The request include parameter that is not valid for this queue type.',
      );
    return { group, deduplication: undefined };
  }
  if (id === undefined && !settings.contentDeduplication) throw needsDeduplication();
  return { group, deduplication: id ?? contentDigest(given.MessageBody) };
}

export function needsDeduplication(): ServiceError {
  return invalidParameter(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  );
}

export function checkToken(value: string, parameter: string): void {
  if (!isToken(value))
    throw invalidValue(
      value,
      parameter,
      `${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
    );
}
