import { asRecorded, type Recording } from '../../data/recordings-for-tests.ts';
import type { TestLogs } from './client-for-tests.ts';

/** Makes the requests of a recorded case again. @returns the answers by their labels */
export type Replay = (it: TestLogs) => Promise<Recording>;

let made = 0;
export function newName(kind: string): string {
  made += 1;
  return `${kind}-${made}`;
}

export async function group({ logs }: TestLogs, more: object = {}): Promise<string> {
  const logGroupName = newName('group');
  await logs.createLogGroup({ logGroupName, ...more });
  return logGroupName;
}

export async function stream(it: TestLogs): Promise<{ logGroupName: string; logStreamName: string }> {
  const logGroupName = await group(it);
  const logStreamName = newName('stream');
  await it.logs.createLogStream({ logGroupName, logStreamName });
  return { logGroupName, logStreamName };
}

export const answer = async (call: Promise<Parameters<typeof asRecorded>[0]>) => asRecorded(await call);
