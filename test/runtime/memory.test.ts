import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { after, type TestContext, test } from 'node:test';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { SSM } from '@aws-sdk/client-ssm';
import { STS } from '@aws-sdk/client-sts';
import { remove, spawnRingwall, temporaryDirectory } from '../harness/process.ts';

/**
 * A server that worked does not grow: what 20,000 calls add to its resident memory, once it is warm, stays below this. Caches fill
 * up to their own limits, the heap comes to its working size, and the collector takes its time: half of what is measured here (90 to 125 MiB)
 * is heap that is free again; a leak of 4 KB a call would add 80 MiB more.
 */
const boundMiB = 160;
const calls = 20_000;
const warmUp = 4_000;
const parallel = 8;

const directory = temporaryDirectory();
after(() => remove(directory));
const skip = process.platform === 'linux' ? false : 'resident memory is read from /proc';

function residentMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

test(`${calls} mixed calls add less than ${boundMiB} MiB`, { skip, timeout: 180_000 }, async (t: TestContext) => {
  const server = await spawnRingwall(directory, '--log-level', 'error');
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = server.env;
  const settings = {
    endpoint: server.endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey },
    requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: parallel }) },
  };
  const [ssm, kms, iam, sts] = [new SSM(settings), new KMS(settings), new IAM(settings), new STS(settings)];
  const { KeyMetadata } = await kms.createKey({});
  const KeyId = KeyMetadata?.KeyId ?? '';
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: Buffer.from('x') });
  /** Reads, writes and refusals, in a fixed mixture. */
  const mixture: readonly ((at: number) => Promise<unknown>)[] = [
    (at) => ssm.putParameter({ Name: `/memory/${at % 50}`, Value: `v${at}`, Type: 'SecureString', Overwrite: true }),
    (at) => ssm.getParameter({ Name: `/memory/${at % 50}`, WithDecryption: true }),
    () => ssm.getParametersByPath({ Path: '/memory', MaxResults: 10 }),
    () => kms.decrypt({ CiphertextBlob }),
    () => kms.generateDataKey({ KeyId, KeySpec: 'AES_256' }),
    () => sts.getCallerIdentity({}),
    () => iam.listUsers({}),
    (at) => iam.getUser({ UserName: `nobody-${at}` }),
    (at) => ssm.getParameter({ Name: `/absent/${at}` }),
    () => sts.getSessionToken({}),
  ];
  let next = 0;
  const run = async (until: number) => {
    const work = Array.from({ length: parallel }, async () => {
      while (next < until) {
        const at = next;
        next += 1;
        await mixture[at % mixture.length]?.(at).catch((error: Error & { $metadata?: { httpStatusCode?: number } }) => {
          assert.ok((error.$metadata?.httpStatusCode ?? 599) < 500, error.message);
        });
      }
    });
    await Promise.all(work);
  };
  try {
    const pid = server.child.pid ?? 0;
    await run(warmUp);
    const before = residentMiB(pid);
    const started = performance.now();
    await run(warmUp + calls);
    const rate = Math.round((calls / (performance.now() - started)) * 1_000);
    const grown = residentMiB(pid) - before;
    t.diagnostic(
      `${before.toFixed(0)} MiB after ${warmUp} calls, ${grown.toFixed(1)} MiB more after ${calls}; ${rate}/s`,
    );
    assert.ok(grown < boundMiB, `grew by ${grown} MiB`);
  } finally {
    await server.stop();
  }
});
