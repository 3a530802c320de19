import { strict as assert } from 'node:assert';
import { IAM } from '@aws-sdk/client-iam';
import { type PutParameterRequest, SSM } from '@aws-sdk/client-ssm';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

/** A server with clients of its root user. */
export type TestStore = {
  readonly ringwall: Ringwall;
  readonly ssm: SSM;
  /** Creates or overwrites a String. */
  put(name: string, value: string, more?: Partial<PutParameterRequest>): Promise<number | undefined>;
  /** ARN in the test's account and Region; the name with its slash. */
  arn(name: string): string;
  /** Parameter Store's events since the last call: detail type and detail. */
  events(): Promise<readonly StoredEvent[]>;
  /** A new IAM user whose only permissions these are. */
  user(statements: readonly object[]): Promise<SSM>;
};

export type StoredEvent = {
  readonly type: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
};

type EventBody = { source: string; detailType: string; resources: readonly string[]; detail: Record<string, unknown> };

export async function openTestStore(flags: Parameters<typeof startRingwall>[0] = {}): Promise<TestStore> {
  const ringwall = await startRingwall({ region: 'us-east-1', ...flags });
  const ssm = new SSM(ringwall.client);
  let users = 0;
  return {
    ringwall,
    ssm,
    put: async (Name, Value, more = {}) => {
      const written = await ssm.putParameter({ Name, Value, Type: 'String', Overwrite: true, ...more });
      return written.Version;
    },
    arn: (name) => `arn:aws:ssm:us-east-1:${ringwall.account}:parameter${name}`,
    events: async () => {
      const { store } = ringwall.installation.house;
      const found: StoredEvent[] = [];
      for (;;) {
        const batch = await store.readOutbox('test', ['event'], 100);
        const last = batch.at(-1);
        if (last === undefined) return found;
        for (const event of batch) {
          const { source, detailType, resources, detail } = event.body as EventBody;
          if (source === 'aws.ssm') found.push({ type: detailType, resources, detail });
        }
        await store.ackOutbox('test', last.seq);
      }
    },
    user: async (Statement) => {
      users += 1;
      const UserName = `user-${users}`;
      const iam = new IAM(ringwall.client);
      await iam.createUser({ UserName });
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      await iam.putUserPolicy({ UserName, PolicyName: 'p', PolicyDocument });
      const { AccessKey: key } = await iam.createAccessKey({ UserName });
      return new SSM(ringwall.as({ accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }));
    },
  };
}

export const allow = (
  Action: string | readonly string[],
  Resource: string | readonly string[],
  Condition?: object,
) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

/** Asserts that a call is refused with this code and, where given, this text; the status is 400, as AWS's. */
export async function refused(call: Promise<unknown>, code: string, message?: string | RegExp): Promise<void> {
  await assert.rejects(call, (error: Error & { $metadata?: { httpStatusCode?: number } }) => {
    assert.equal(error.name, code, error.message);
    assert.equal(error.$metadata?.httpStatusCode, 400);
    if (typeof message === 'string') assert.equal(error.message, message);
    else if (message !== undefined) assert.match(error.message, message);
    return true;
  });
}

/** Everything that a paged call answers. */
export async function allPages<T>(
  page: (
    token: string | undefined,
  ) => Promise<{ readonly items: readonly T[] | undefined; readonly next: string | undefined }>,
): Promise<{ readonly items: readonly T[]; readonly pages: number }> {
  const items: T[] = [];
  let pages = 0;
  let token: string | undefined;
  do {
    const answered = await page(token);
    items.push(...(answered.items ?? []));
    token = answered.next;
    pages += 1;
    assert.ok(pages <= 1_000, 'pages without end');
  } while (token !== undefined);
  return { items, pages };
}
