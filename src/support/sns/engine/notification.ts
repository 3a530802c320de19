/** What of a message is signed and sent to subscribers. */
export type Notice = {
  readonly Type: 'Notification' | 'SubscriptionConfirmation' | 'UnsubscribeConfirmation';
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Message: string;
  /** ISO 8601, with milliseconds. */
  readonly Timestamp: string;
  readonly Subject?: string | undefined;
  readonly SequenceNumber?: string | undefined;
  readonly Token?: string | undefined;
  readonly SubscribeURL?: string | undefined;
};

export type SignatureVersion = '1' | '2';

/** A message attribute as subscribers see it. */
export type ShownAttribute = { readonly Type: string; readonly Value: string };

/** Where links lead, and how messages are signed. */
export type Sealed = {
  readonly version: SignatureVersion;
  readonly signature: string;
  readonly certificateUrl: string;
};

const signedOf = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;

/** The text that is signed: names and values, a line each (developer guide, "Verifying the signatures of Amazon SNS messages"). */
export function signedText(notice: Notice): string {
  let text = '';
  for (const name of signedOf[notice.Type]) {
    const value = notice[name];
    if (value !== undefined) text += `${name}\n${value}\n`;
  }
  return text;
}

/** The JSON document that queues and HTTP endpoints get. */
export function envelope(
  notice: Notice,
  sealed: Sealed,
  attributes: Readonly<Record<string, ShownAttribute>>,
  unsubscribeUrl: string | undefined,
): string {
  const { Type, MessageId, Token, SequenceNumber, TopicArn, Subject, Message, SubscribeURL, Timestamp } = notice;
  return JSON.stringify({
    Type,
    MessageId,
    Token,
    SequenceNumber,
    TopicArn,
    Subject,
    Message,
    SubscribeURL,
    Timestamp,
    SignatureVersion: sealed.version,
    Signature: sealed.signature,
    SigningCertURL: sealed.certificateUrl,
    UnsubscribeURL: unsubscribeUrl,
    MessageAttributes: Object.keys(attributes).length === 0 ? undefined : attributes,
  });
}

/** The event that functions get (Lambda's guide, "Using Lambda with Amazon SNS"). */
export function lambdaEvent(
  notice: Notice,
  sealed: Sealed,
  attributes: Readonly<Record<string, ShownAttribute>>,
  subscriptionArn: string,
  unsubscribeUrl: string,
): string {
  const { Type, MessageId, TopicArn, Subject, Message, Timestamp } = notice;
  const Sns = {
    Type,
    MessageId,
    TopicArn,
    Subject: Subject ?? null,
    Message,
    Timestamp,
    SignatureVersion: sealed.version,
    Signature: sealed.signature,
    SigningCertUrl: sealed.certificateUrl,
    UnsubscribeUrl: unsubscribeUrl,
    MessageAttributes: attributes,
  };
  const record = { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: subscriptionArn, Sns };
  return JSON.stringify({ Records: [record] });
}
