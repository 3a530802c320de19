import { randomBytes } from 'node:crypto';
import { ConflictError, type RecordWrite, type Store } from '#store/store.ts';
import { type AccessKeyRow, type AccountRow, accessKeys, accounts } from './records.ts';

export type RootCredentials = {
  readonly account: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
};

/** Creates the first account with random root credentials; undefined when there already is one. */
export async function bootstrap(store: Store, account: string, now: number): Promise<RootCredentials | undefined> {
  if ((await firstAccount(store)) !== undefined) return undefined;
  const { credentials, writes } = newAccount(account, now);
  try {
    await store.commit({ reads: [], writes, events: [], jobs: [], audit: [] });
  } catch (error) {
    // Two first starts at once, on one PostgreSQL: the other one made the account.
    if (error instanceof ConflictError) return undefined;
    throw error;
  }
  return credentials;
}

/** The account that the first start made: its root user may make others. */
export async function firstAccount(store: Store): Promise<string | undefined> {
  const all = await store.scan<AccountRow>({ collection: accounts.name, account: '', region: '' });
  return all.map(({ value }) => value).sort((a, b) => a.createDate - b.createDate)[0]?.accountId;
}

export type NewAccount = { readonly credentials: RootCredentials; readonly writes: readonly RecordWrite[] };

/** The records of a new account with random root credentials. */
export function newAccount(account: string, now: number): NewAccount {
  const credentials = { account, accessKeyId: newAccessKeyId('AKIA'), secretAccessKey: newSecretAccessKey() };
  const accountRow: AccountRow = {
    accountId: account,
    createDate: now,
    aliases: [],
    passwordPolicy: undefined,
    settings: {},
  };
  const keyRow: AccessKeyRow = { ...credentials, userName: undefined, status: 'Active', createDate: now };
  const place = { account: '', region: '' };
  return {
    credentials,
    writes: [
      { key: { ...place, collection: accounts.name, id: account }, expected: 0, value: accountRow, indexes: [] },
      {
        key: { ...place, collection: accessKeys.name, id: credentials.accessKeyId },
        expected: 0,
        value: keyRow,
        indexes: [['by-owner', `${account}/`]],
      },
    ],
  };
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @param prefix `AKIA` for long-term keys, `ASIA` for temporary ones */
export function newAccessKeyId(prefix: 'AKIA' | 'ASIA', bytes: Uint8Array = randomBytes(16)): string {
  return prefix + Array.from(bytes.subarray(0, 16), (byte) => base32[byte & 31]).join('');
}

/** 40 characters, 240 bits. */
export function newSecretAccessKey(bytes: Uint8Array = randomBytes(30)): string {
  return Buffer.from(bytes).toString('base64');
}
