import { asRecorded } from '../../data/recordings-for-tests.ts';
import type { Stage } from './stage-for-tests.ts';

type Answer = Parameters<typeof asRecorded>[0];
export type Answers = Readonly<Record<string, unknown>>;

/** Makes the calls of a recorded case again: the answers by their labels, those that are compared. */
export type Replay = (it: Stage) => Promise<Answers>;

let made = 0;
export const name = (suffix = '') => {
  made += 1;
  return `replay-${made}${suffix}`;
};

/** A call's answer, or its refusal, as recordings tell it. */
export async function told(call: Promise<Answer>): Promise<unknown> {
  try {
    return asRecorded(await call);
  } catch (thrown) {
    const { name: code, message, $metadata } = thrown as Error & Answer;
    const Code = code === 'InvalidParameterValueException' ? 'ParameterValueInvalid' : code.replace(/Exception$/, '');
    return {
      Error: { Code, Message: message, Type: 'Sender' },
      ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: $metadata.httpStatusCode },
    };
  }
}

export async function each<T>(
  calls: Readonly<Record<string, T>>,
  make: (input: T) => Promise<Answer>,
): Promise<Answers> {
  const answers: [string, unknown][] = [];
  for (const [label, input] of Object.entries(calls)) answers.push([label, await told(make(input))]);
  return Object.fromEntries(answers);
}

export const fakeTopic = (it: Stage) => `arn:aws:sns:us-east-1:${it.ringwall.account}:never-made`;

export async function subscribed(it: Stage, attributes: Record<string, string> = {}) {
  const [topic, queue] = [await it.topic(name()), await it.queue(name())];
  return { topic, queue, SubscriptionArn: await it.subscribe(topic, queue, attributes) };
}

export const attributesOf = (it: Stage, SubscriptionArn: string) =>
  told(it.sns.getSubscriptionAttributes({ SubscriptionArn }));
export const text = (Value: string) => ({ DataType: 'String', StringValue: Value });
