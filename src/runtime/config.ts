import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** A setting: flag `--NAME`, environment variable `RINGWALL_NAME`, key `name` of the config file. docs/flags.md is generated from these. */
export type Setting = {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly fallback: string | number | boolean | undefined;
  /** Shown for the value in help; a switch has none. */
  readonly value: string | undefined;
  readonly help: string;
};

function setting(
  name: string,
  schema: z.ZodType,
  fallback: Setting['fallback'],
  value: string | undefined,
  help: string,
): Setting {
  return { name, schema, fallback, value, help };
}

/** Nothing is coerced: an empty variable is no port 0, which would take any. */
const port = z
  .union(
    [
      z.number(),
      z
        .string()
        .regex(/^\d{1,5}$/)
        .transform(Number),
    ],
    'expected a port number',
  )
  .pipe(z.number().int().min(0).max(65_535));
/** Days: a hundred years stand for ever. */
export const longestRetention = 36_525;

const days = z
  .union(
    [
      z.number(),
      z
        .string()
        .regex(/^\d{1,5}$/)
        .transform(Number),
    ],
    'expected a number of days',
  )
  .pipe(z.number().int().min(1).max(longestRetention));
const toggle = z.union([
  z.boolean(),
  z.enum(['true', 'false', '1', '0', '']).transform((text) => text === 'true' || text === '1'),
]);

/** AWS's own account of examples. */
export const defaultAccount = '123456789012';

/** Settings of `ringwall start`, alphabetical. */
export const settings: readonly Setting[] = [
  setting(
    'accept-damage',
    toggle,
    false,
    undefined,
    'start although the check at start found damage: records or audit blocks altered, missing or rolled back; what was found is logged',
  ),
  setting(
    'account',
    z.coerce.string().regex(/^\d{12}$/, 'expected 12 digits'),
    defaultAccount,
    'ID',
    'account that the first start creates',
  ),
  setting(
    'audit-retention',
    days,
    90,
    'DAYS',
    'how long audit records are kept; then they are deleted, the oldest first, and the chain of the rest can still be verified',
  ),
  setting(
    'auth',
    z.enum(['enforce', 'open']),
    'enforce',
    'MODE',
    'enforce: SigV4 and policies decide; open: any credentials act as root, for throwaway tests',
  ),
  setting(
    'blobs',
    z.string().regex(/^https?:\/\/[^/@]+\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'expected https://HOST/BUCKET'),
    undefined,
    'URL',
    'bucket of an S3-compatible endpoint that keeps large bodies, https://HOST/BUCKET; default: the data directory',
  ),
  setting('blobs-access-key-id', z.string().min(1), undefined, 'ID', 'access key for --blobs'),
  setting('blobs-region', z.string().min(1), 'us-east-1', 'REGION', 'region that requests to --blobs are signed for'),
  setting('blobs-secret-file', z.string().min(1), undefined, 'FILE', 'file with the secret access key for --blobs'),
  setting(
    'data',
    z.string().min(1),
    join(homedir(), '.ringwall'),
    'DIR',
    'data directory: database, blobs, root key, local profile',
  ),
  setting(
    'host',
    z.string().min(1),
    '127.0.0.1',
    'ADDRESS',
    'address to listen on; other than loopback needs TLS or --insecure-bind',
  ),
  setting('insecure-bind', toggle, false, undefined, 'listen without TLS on an address that is not loopback'),
  setting(
    'log-level',
    z.enum(['silent', 'error', 'warn', 'info', 'debug']),
    'info',
    'LEVEL',
    'silent, error, warn, info or debug',
  ),
  setting('memory', toggle, false, undefined, 'keep nothing on disk'),
  setting(
    'nats',
    z.string().regex(/^nats:\/\/.+$/, 'expected nats://…'),
    undefined,
    'URL',
    'NATS JetStream that carries published events between processes; several servers by comma; default: the store does',
  ),
  setting('passphrase-file', z.string().min(1), undefined, 'FILE', 'passphrase of a passphrase seal'),
  setting('port', port, 4566, 'PORT', 'port to listen on; 0 takes a free one'),
  setting(
    'region',
    z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region such as us-east-1'),
    'us-east-1',
    'REGION',
    'region of requests that name none',
  ),
  setting('reset-route', toggle, false, undefined, 'open mode only: POST /_ringwall/reset and /_ringwall/clock'),
  setting('root-key', z.string().min(1), undefined, 'FILE', 'root key file; default root.key in the data directory'),
  setting(
    'smtp-from',
    z.string().regex(/^[^\s@<>]+@[^\s@<>]+$/, 'expected an e-mail address'),
    undefined,
    'ADDRESS',
    'sender of mail to subscribers of SNS topics; default no-reply@sns.localhost',
  ),
  setting('smtp-password-file', z.string().min(1), undefined, 'FILE', 'file with the password for --smtp-url'),
  setting(
    'smtp-url',
    z
      .string()
      .regex(/^smtps?:\/\/([^\s:@/]+@)?[^\s@/]+\/?$/, 'expected smtp://HOST, smtps://HOST or smtp://USER@HOST:PORT'),
    undefined,
    'URL',
    'relay that takes mail to subscribers of SNS topics, smtp://USER@HOST:587; default: subscriptions by mail are refused',
  ),
  setting(
    'store',
    z.string().regex(/^(sqlite|postgres(ql)?:\/\/.+)$/, 'expected sqlite or postgres://…'),
    'sqlite',
    'URL',
    'sqlite or postgres://…',
  ),
  setting('tls-cert', z.string().min(1), undefined, 'FILE', 'certificate chain (PEM) for HTTPS'),
  setting('tls-key', z.string().min(1), undefined, 'FILE', 'private key (PEM) for HTTPS'),
  setting(
    'valkey',
    z.string().regex(/^rediss?:\/\/.+$/, 'expected redis://…'),
    undefined,
    'URL',
    'Valkey that keeps counts for all processes (tries of codes, rates); default: each process its own',
  ),
];

export type Config = {
  readonly acceptDamage: boolean;
  readonly account: string;
  /** Days. */
  readonly auditRetention: number;
  readonly auth: 'enforce' | 'open';
  readonly blobs: string | undefined;
  readonly blobsAccessKeyId: string | undefined;
  readonly blobsRegion: string;
  readonly blobsSecretFile: string | undefined;
  readonly data: string;
  readonly host: string;
  readonly insecureBind: boolean;
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  readonly memory: boolean;
  readonly nats: string | undefined;
  readonly passphraseFile: string | undefined;
  readonly port: number;
  readonly region: string;
  readonly resetRoute: boolean;
  readonly rootKey: string | undefined;
  readonly smtpFrom: string | undefined;
  readonly smtpPasswordFile: string | undefined;
  readonly smtpUrl: string | undefined;
  readonly store: string;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly valkey: string | undefined;
};

/** A setting that cannot be used: names where it came from. */
export class ConfigError extends Error {}

/**
 * Flag over environment over file. Unknown keys of the file and unusable values are errors.
 *
 * @param flags as commander gives them (camelCase), only those set by the caller
 */
export function readConfig(
  flags: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
  file: string | undefined = env['RINGWALL_CONFIG'],
): Config {
  const fromFile = file === undefined ? {} : readFile(file);
  const known = new Set(settings.map(({ name }) => name));
  for (const key in fromFile) {
    if (!known.has(key)) throw new ConfigError(`unknown key \`${key}\` in ${file}; known: ${[...known].join(', ')}`);
  }
  const config: Record<string, unknown> = {};
  for (const { name, schema, fallback } of settings) {
    const variable = `RINGWALL_${name.toUpperCase().replaceAll('-', '_')}`;
    const sources: readonly [string, unknown][] = [
      [`--${name}`, flags[camel(name)]],
      [variable, env[variable]],
      [`${name} in ${file}`, fromFile[name]],
    ];
    const [source, value] = sources.find(([, given]) => given !== undefined) ?? ['default', fallback];
    if (value === undefined) continue;
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      throw new ConfigError(`${source}: \`${String(value)}\` cannot be used: ${parsed.error.issues[0]?.message ?? ''}`);
    }
    config[camel(name)] = parsed.data;
  }
  return config as Config;
}

function readFile(file: string): Record<string, unknown> {
  if (!existsSync(file)) throw new ConfigError(`config file \`${file}\` does not exist`);
  // Loaded here: most starts have no file.
  const { parse } = createRequire(import.meta.url)('yaml') as typeof import('yaml');
  let parsed: unknown;
  try {
    parsed = parse(readFileSync(file, 'utf8'), { maxAliasCount: 0 }) ?? {};
  } catch (error) {
    throw new ConfigError(`config file \`${file}\` is not YAML: ${error instanceof Error ? error.message : ''}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ConfigError(`config file \`${file}\`: expected keys and values`);
  }
  return parsed as Record<string, unknown>;
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
