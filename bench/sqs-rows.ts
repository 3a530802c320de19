import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { signRequest } from '#wire/sigv4/sign.ts';
import type { Target } from './api-call.ts';
import { cpuSeconds } from './process-usage.ts';
import { startServer } from './server-process.ts';

/**
 * SQS: single-message calls for each second of CPU time of the server; enforcement and audit on, SQLite on disk. On its own:
 * `node -C source bench/sqs-rows.ts [messages queued before]`.
 */
const queued = Number(process.argv[2] ?? 0);
const connections = 32;
const seconds = 4;

const agent = new Agent({ keepAlive: true, maxSockets: connections });

async function call(target: Target, operation: string, input: object): Promise<Record<string, unknown>> {
  const body = Buffer.from(JSON.stringify(input));
  const { host, port, region, credentials } = target;
  const { headers } = signRequest(
    {
      method: 'POST',
      path: '/',
      query: '',
      headers: {
        host: `${host}:${port}`,
        'content-type': 'application/x-amz-json-1.0',
        'content-length': String(body.length),
        'x-amz-target': `AmazonSQS.${operation}`,
      },
      body,
    },
    { ...credentials, region, service: 'sqs' },
    Date.now(),
  );
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, method: 'POST', path: '/', headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(text === '' ? {} : JSON.parse(text));
        else reject(new Error(`${operation}: ${response.statusCode} ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const data = mkdtempSync(join(tmpdir(), 'ringwall-sqs-'));
const server = await startServer(data, 'clone');

/** Runs `work` on all connections for a while. */
async function measure(name: string, work: () => Promise<number>): Promise<void> {
  const until = Date.now() + seconds * 1_000;
  const before = cpuSeconds(server.pid);
  let done = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (Date.now() < until) {
        const more = await work();
        done += more;
      }
    }),
  );
  await pause(50);
  const cpu = cpuSeconds(server.pid) - before;
  console.log(`${name}: ${Math.round(done / cpu)} a CPU second, ${Math.round(done / seconds)} a second`);
}

try {
  const { QueueUrl } = await call(server.root, 'CreateQueue', { QueueName: 'bench' });
  const fill = async () => {
    const Entries = Array.from({ length: 10 }, (_, i) => ({
      Id: String(i),
      MessageBody: 'a body of forty characters, more or less',
    }));
    await call(server.root, 'SendMessageBatch', { QueueUrl, Entries });
  };
  let left = queued / 10;
  const began = Date.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) await fill();
    }),
  );
  if (queued > 0) console.log(`${queued} messages queued in ${Math.round((Date.now() - began) / 1_000)} s`);
  const send = async () => {
    await call(server.root, 'SendMessage', { QueueUrl, MessageBody: 'a body of forty characters, more or less' });
    return 1;
  };
  const pair = async () => {
    const { Messages } = await call(server.root, 'ReceiveMessage', { QueueUrl });
    const [message] = (Messages ?? []) as readonly { readonly ReceiptHandle: string }[];
    if (message === undefined) return 0;
    await call(server.root, 'DeleteMessage', { QueueUrl, ReceiptHandle: message.ReceiptHandle });
    return 1;
  };
  const count = async () => {
    const before = performance.now();
    await call(server.root, 'GetQueueAttributes', { QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });
    return performance.now() - before;
  };
  await measure('warm-up', send);
  for (let run = 0; run < 2; run += 1) {
    await measure('SendMessage', send);
    await measure('receive and delete', pair);
    console.log(`GetQueueAttributes: ${Math.round(await count())} ms`);
  }
} finally {
  await server.stop();
  agent.destroy();
  rmSync(data, { recursive: true, force: true });
}
