import type { ApiCall, Target } from './api-call.ts';
import { encrypt, type Fixture, names, putParameter, small } from './fixture.ts';
import { Load, measureCalls } from './load.ts';
import { median, type Row, rowOrFailure } from './row.ts';
import type { ServerProcess } from './server-process.ts';

/** A measured call: the requests of one round, in the order in which they are sent. */
export type CallRow = {
  /** Name on the command line. */
  readonly id: string;
  readonly name: string;
  readonly floor: number;
  readonly goal: number;
  readonly calls: (fixture: Fixture) => readonly ApiCall[];
  /** Shows latencies too. */
  readonly latency?: boolean;
};

export const callRows: readonly CallRow[] = [
  {
    id: 'get-parameter',
    name: 'GetParameter String',
    floor: 4_000,
    goal: 6_000,
    calls: () => round((index) => getParameter(names.string(index))),
    latency: true,
  },
  {
    id: 'get-secure-parameter',
    name: 'GetParameter SecureString, decrypted',
    floor: 3_000,
    goal: 5_000,
    calls: () => round((index) => getParameter(names.secure(index), true)),
  },
  {
    id: 'encrypt',
    name: 'KMS Encrypt',
    floor: 2_500,
    goal: 4_000,
    calls: ({ keyId }) => round((index) => encrypt(keyId, index)),
  },
  {
    id: 'decrypt',
    name: 'KMS Decrypt',
    floor: 2_500,
    goal: 4_000,
    calls: ({ ciphertexts }) =>
      ciphertexts.map((CiphertextBlob) => ({ service: 'kms', operation: 'Decrypt', input: { CiphertextBlob } })),
  },
  {
    id: 'generate-data-key',
    name: 'KMS GenerateDataKey',
    floor: 2_500,
    goal: 4_000,
    calls: ({ keyId }) =>
      round(() => ({ service: 'kms', operation: 'GenerateDataKey', input: { KeyId: keyId, KeySpec: 'AES_256' } })),
  },
  {
    id: 'get-caller-identity',
    name: 'GetCallerIdentity',
    floor: 4_000,
    goal: 6_000,
    calls: () => round(() => ({ service: 'sts', operation: 'GetCallerIdentity', input: {} })),
  },
  {
    id: 'get-user',
    name: 'GetUser',
    floor: 4_000,
    goal: 6_000,
    calls: () => round((index) => getUser(names.user(index))),
  },
  {
    id: 'put-parameter',
    name: 'PutParameter, overwrite, durable',
    floor: 1_500,
    goal: 3_000,
    calls: () =>
      round((index) =>
        putParameter(names.overwritten(index), 'String', `a value of sixty characters or so, number ${index}`, true),
      ),
    latency: true,
  },
];

/** Until the compiler is done with what all calls share, s: without it the first row would pay for the others. */
const sharedWarmUp = 3;

/** Latency that nobody should wait longer than, ms. */
const p99Limit = 20;

/** Measures each call on a filled installation. */
export async function measureCallRows(
  server: ServerProcess,
  fixture: Fixture,
  wanted: readonly CallRow[],
  said: (row: Row) => void,
): Promise<void> {
  await warm(fixture.user);
  for (const { name, floor, goal, calls, latency } of wanted) {
    let latencies: readonly Row[] = [];
    const row = await rowOrFailure({ name, unit: 'calls/CPU-s', floor, goal }, async () => {
      const { perCpuSecond, p50, p99 } = await measureCalls(server.pid, fixture.user, calls(fixture));
      latencies = [
        { name: `${name}: p50`, value: p50, unit: 'ms', better: 'less' },
        { name: `${name}: p99`, value: p99, unit: 'ms', floor: p99Limit, goal: p99Limit, better: 'less' },
      ];
      return { value: median(perCpuSecond), runs: perCpuSecond };
    });
    said(row);
    if (latency) for (const each of latencies) said(each);
  }
}

/** Brings a fresh server to its speed. */
export async function warm(user: Target): Promise<void> {
  const load = await Load.open(
    user,
    round((index) => getParameter(names.string(index))),
  );
  try {
    await load.run(sharedWarmUp);
  } finally {
    load.close();
  }
}

export function getParameter(name: string, decrypt = false): ApiCall {
  return {
    service: 'ssm',
    operation: 'GetParameter',
    input: { Name: name, ...(decrypt ? { WithDecryption: true } : {}) },
  };
}

export function getUser(name: string): ApiCall {
  return { service: 'iam', operation: 'GetUser', input: { UserName: name } };
}

function round(call: (index: number) => ApiCall): readonly ApiCall[] {
  return Array.from({ length: small }, (_, index) => call(index));
}
