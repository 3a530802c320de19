import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SNS } from '@aws-sdk/client-sns';
import { type Message, SQS } from '@aws-sdk/client-sqs';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

/** A server with clients of its root user, and queues that take what the service sends. */
export type Stage = {
  readonly ringwall: Ringwall;
  readonly sns: SNS;
  readonly sqs: SQS;
  /** A queue whose policy lets this service send for any topic of the account. */
  queue(name: string, attributes?: Readonly<Record<string, string>>): Promise<Queue>;
  topic(name: string, attributes?: Readonly<Record<string, string>>): Promise<string>;
  /** Subscribes a queue. */
  subscribe(TopicArn: string, queue: Queue, Attributes?: Readonly<Record<string, string>>): Promise<string>;
};

export type Queue = {
  readonly arn: string;
  readonly url: string;
  /** Takes what there is, in order, once everything published was handed over. */
  messages(): Promise<readonly Message[]>;
  /** Bodies of `messages`, as JSON. */
  bodies(): Promise<readonly Readonly<Record<string, unknown>>[]>;
};

export async function openStage(flags: Parameters<typeof startRingwall>[0] = {}): Promise<Stage> {
  const ringwall = await startRingwall({ logLevel: 'silent', ...flags });
  const sns = new SNS(ringwall.client);
  const sqs = new SQS(ringwall.client);
  return {
    ringwall,
    sns,
    sqs,
    queue: async (name, attributes = {}) => {
      const arn = `arn:aws:sqs:us-east-1:${ringwall.account}:${name}`;
      const Policy = JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'sns.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: arn,
            Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:sns:*:${ringwall.account}:*` } },
          },
        ],
      });
      const fifo = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
      const { QueueUrl: url = '' } = await sqs.createQueue({
        QueueName: name,
        Attributes: { Policy, ...fifo, ...attributes },
      });
      const messages = async () => {
        await ringwall.settled();
        const found: Message[] = [];
        for (;;) {
          const { Messages = [] } = await sqs.receiveMessage({
            QueueUrl: url,
            MaxNumberOfMessages: 10,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['All'],
          });
          if (Messages.length === 0) return found;
          found.push(...Messages);
          for (const { ReceiptHandle } of Messages) await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle });
        }
      };
      const bodies = async () =>
        (await messages()).map(({ Body = '' }) => JSON.parse(Body) as Readonly<Record<string, unknown>>);
      return { arn, url, messages, bodies };
    },
    topic: async (Name, Attributes = {}) => {
      const { TopicArn = '' } = await sns.createTopic({ Name, Attributes });
      return TopicArn;
    },
    subscribe: async (TopicArn, { arn }, Attributes = {}) => {
      const { SubscriptionArn = '' } = await sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint: arn, Attributes });
      return SubscriptionArn;
    },
  };
}

/** A request that an endpoint took. */
export type Posted = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string };

/** An HTTP endpoint of a subscriber: keeps what it takes and answers as told. */
export type Endpoint = {
  readonly url: string;
  readonly posts: Posted[];
  /** Statuses of the next answers; 200 afterwards. 0 hangs up, -1 speaks no HTTP, -2 says too much. */
  readonly answers: number[];
  /** Takes requests and answers none. */
  hang(): void;
  /** Resolves when so many requests have come. */
  arrived(posts: number): Promise<void>;
  close(): Promise<void>;
};

export async function openEndpoint(): Promise<Endpoint> {
  const posts: Posted[] = [];
  const answers: number[] = [];
  let hangs = false;
  let heard = () => {};
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    posts.push({ path: request.url ?? '', headers: request.headers, body });
    heard();
    if (hangs) return;
    const status = answers.shift() ?? 200;
    if (status === 0) request.socket.destroy();
    else if (status === -1) request.socket.end('SSH-2.0-other\r\n');
    else if (status === -2) response.end('x'.repeat(2_000_000));
    else response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('said');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    posts,
    answers,
    hang: () => {
      hangs = true;
    },
    arrived: async (count) => {
      while (posts.length < count) {
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
