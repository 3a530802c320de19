import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '#runtime/config.ts';
import type { RootCredentials } from '../identity/iam/bootstrap.ts';
import { CommandFailure, exitCodes } from './failure.ts';

/** What `ringwall env` and the other commands need to reach the local server. */
export type Profile = {
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

/** Writes the profile (0600) of a data directory; new root credentials are shown this once. */
export function writeProfile(config: Config, endpoint: string, created: RootCredentials | undefined): void {
  // In open mode credentials prove nothing.
  if (created !== undefined && config.auth === 'enforce') announce(created);
  if (config.memory) return;
  const file = fileOf(config.data);
  const credentials = created ?? (existsSync(file) ? readProfile(config.data) : undefined);
  if (credentials === undefined) return;
  const { account, accessKeyId, secretAccessKey } = credentials;
  const profile: Profile = { endpoint, region: config.region, account, accessKeyId, secretAccessKey };
  writeFileSync(`${file}.new`, `${JSON.stringify(profile, null, 2)}\n`, { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
}

/** @throws CommandFailure when the data directory has none */
export function readProfile(data: string): Profile {
  const file = fileOf(data);
  if (!existsSync(file)) {
    throw new CommandFailure(
      exitCodes.workFailed,
      `no profile in \`${data}\`: start the server there first, or give --data`,
    );
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Profile;
}

/**
 * The profile that commands call the server with: credentials and endpoint of the environment where it sets them, as for the AWS CLI.
 *
 * @throws CommandFailure when neither the environment nor the data directory has one
 */
export function clientProfile(data: string, env: NodeJS.ProcessEnv = process.env): Profile {
  const { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (endpoint === undefined || accessKeyId === undefined || secretAccessKey === undefined) return readProfile(data);
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const sessionToken = env['AWS_SESSION_TOKEN'];
  return {
    endpoint,
    region,
    account: env['AWS_ACCOUNT_ID'] ?? '',
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
}

/** Puts another installation's profile into a data directory. */
export function copyProfile(from: string, data: string): void {
  const profile = JSON.parse(readFileSync(from, 'utf8')) as Profile;
  writeFileSync(fileOf(data), `${JSON.stringify(profile, null, 2)}\n`, { mode: 0o600 });
}

function announce({ account, accessKeyId, secretAccessKey }: RootCredentials): void {
  process.stderr.write(
    `Root credentials of account ${account}, shown once:\n  AWS_ACCESS_KEY_ID=${accessKeyId}\n  AWS_SECRET_ACCESS_KEY=${secretAccessKey}\n`,
  );
}

function fileOf(data: string): string {
  return join(data, 'profile.json');
}
