/** Where a queue is, and what it is called. */
export type QueueReference = { readonly account: string; readonly region: string; readonly name: string };

const nameForm = /^[A-Za-z0-9_-]{1,80}$/;
const fifoNameForm = /^[A-Za-z0-9_-]{1,75}\.fifo$/;

/** True for names that a queue of the type can have (API reference, CreateQueue). */
export function isQueueName(name: string, fifo: boolean): boolean {
  return (fifo ? fifoNameForm : nameForm).test(name);
}

export function queueArn({ account, region, name }: QueueReference): string {
  return `arn:aws:sqs:${region}:${account}:${name}`;
}

/** The queue that an ARN names; undefined where it is no ARN of a queue. */
export function queueOfArn(arn: string): QueueReference | undefined {
  const match = /^arn:aws:sqs:([a-z0-9-]+):(\d{12}):([A-Za-z0-9_-]{1,80}(?:\.fifo)?)$/.exec(arn);
  if (match === null) return undefined;
  const [, region = '', account = '', name = ''] = match;
  return { account, region, name };
}

/**
 * Owner and name in a queue URL. The host is not looked at: clients reach the same server by many names.
 *
 * @returns undefined where the text is no URL of a queue; an account of `undefined` for a bare name
 */
export function readQueueUrl(url: string): { readonly account: string | undefined; readonly name: string } | undefined {
  const match =
    /^(?:https?:\/\/[^/?#]+)?\/?(?:queue\/(?:[a-z0-9-]+\/)?)?(?:(\d{12})\/)?([A-Za-z0-9_.-]{1,80})\/?$/.exec(url);
  if (match === null) return undefined;
  const [, account, name = ''] = match;
  if (account === undefined && url.includes('/')) return undefined;
  return { account, name };
}
