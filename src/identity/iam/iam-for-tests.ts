import { IAM } from '@aws-sdk/client-iam';
import { STS } from '@aws-sdk/client-sts';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

/** A fresh account, its root user's client, and clients of users made for a test. */
export type TestAccount = {
  readonly ringwall: Ringwall;
  readonly account: string;
  readonly root: IAM;
  /** Makes a user who may do what the statements say. */
  userWith(name: string, ...statements: readonly object[]): Promise<IAM>;
  /** A session of a role, assumed by a user through a new key. */
  sessionOf(userName: string, roleName: string): Promise<IAM>;
};

export async function openTestAccount(): Promise<TestAccount> {
  const ringwall = await startRingwall();
  const root = new IAM(ringwall.client);
  const newKey = async (UserName: string) => {
    const { AccessKey } = await root.createAccessKey({ UserName });
    return ringwall.as({
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    });
  };
  return {
    ringwall,
    account: ringwall.account,
    root,
    userWith: async (name, ...statements) => {
      await root.createUser({ UserName: name });
      if (statements.length > 0)
        await root.putUserPolicy({ UserName: name, PolicyName: 'may', PolicyDocument: policy(...statements) });
      return new IAM(await newKey(name));
    },
    sessionOf: async (userName, roleName) => {
      const sts = new STS(await newKey(userName));
      const RoleArn = `arn:aws:iam::${ringwall.account}:role/${roleName}`;
      const { Credentials } = await sts.assumeRole({ RoleArn, RoleSessionName: 'test' });
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
      return new IAM(
        ringwall.as({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }),
      );
    },
  };
}

export function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

export function allow(action: string, resource = '*', condition?: object): object {
  return {
    Effect: 'Allow',
    Action: action,
    Resource: resource,
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

/** What a refused call says: `404 NoSuchEntityException: The user …`. Fails when it succeeds. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
    return `${$metadata?.httpStatusCode} ${name}: ${message}`;
  }
  throw new Error('expected a refusal, but the call succeeded');
}

/** Every entry of a list, page by page. */
export async function allPages<P extends { readonly Marker?: string | undefined }, T>(
  page: (marker: { readonly Marker?: string }) => Promise<P>,
  entries: (page: P) => readonly T[] | undefined,
): Promise<readonly (readonly T[])[]> {
  const pages: (readonly T[])[] = [];
  let marker: string | undefined;
  do {
    const answer = await page(marker === undefined ? {} : { Marker: marker });
    pages.push(entries(answer) ?? []);
    marker = answer.Marker;
    if (pages.length > 100) throw new Error('the list does not end');
  } while (marker !== undefined);
  return pages;
}
