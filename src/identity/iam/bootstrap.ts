import { randomBytes } from 'node:crypto';
import { ConflictError, type Store } from '#store/store.ts';
import { type AccessKeyRow, type AccountRow, accessKeys, accounts } from './records.ts';

export type RootCredentials = {
  readonly account: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
};

/** Creates the first account with random root credentials; undefined when there already is one. */
export async function bootstrap(store: Store, account: string, now: number): Promise<RootCredentials | undefined> {
  const key = { collection: accounts.name, account: '', region: '', id: account };
  const existing = await store.scan({ collection: accounts.name, account: '', region: '', limit: 1 });
  if (existing.length > 0) return undefined;
  const credentials: RootCredentials = {
    account,
    accessKeyId: newAccessKeyId('AKIA'),
    secretAccessKey: newSecretAccessKey(),
  };
  const accountRow: AccountRow = {
    accountId: account,
    createDate: now,
    aliases: [],
    passwordPolicy: undefined,
    settings: {},
  };
  const keyRow: AccessKeyRow = { ...credentials, userName: undefined, status: 'Active', createDate: now };
  try {
    await store.commit({
      reads: [],
      writes: [
        { key, expected: 0, value: accountRow, indexes: [] },
        {
          key: { collection: accessKeys.name, account: '', region: '', id: credentials.accessKeyId },
          expected: 0,
          value: keyRow,
          indexes: [['by-owner', `${account}/`]],
        },
      ],
      events: [],
      jobs: [],
      audit: [],
    });
  } catch (error) {
    // Two first starts at once, on one PostgreSQL: the other one made the account.
    if (error instanceof ConflictError) return undefined;
    throw error;
  }
  return credentials;
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
