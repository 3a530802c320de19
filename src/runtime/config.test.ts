import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { stringify } from 'yaml';
import { type Config, ConfigError, readConfig, settings } from './config.ts';

const directory = mkdtempSync(join(tmpdir(), 'config-'));
after(() => rmSync(directory, { recursive: true }));
let files = 0;

function yaml(content: string): string {
  files += 1;
  const file = join(directory, `${files}.yaml`);
  writeFileSync(file, content);
  return file;
}

/** For every setting three values that differ: of the flag, the variable, the file. */
const values: Readonly<Record<string, readonly [flag: unknown, variable: string, file: unknown]>> = {
  'accept-damage': [true, 'false', true],
  account: ['111111111111', '222222222222', '333333333333'],
  'audit-retention': ['30', '365', 7],
  auth: ['open', 'enforce', 'open'],
  blobs: ['https://flag/one', 'http://variable:9000/two', 'https://file/three'],
  'blobs-access-key-id': ['flag', 'variable', 'file'],
  'blobs-region': ['flag', 'variable', 'file'],
  'blobs-secret-file': ['/flag', '/variable', '/file'],
  data: ['/flag', '/variable', '/file'],
  host: ['::1', '127.0.0.2', '127.0.0.3'],
  'insecure-bind': [true, 'false', true],
  'log-level': ['debug', 'warn', 'error'],
  memory: [true, '0', true],
  nats: ['nats://flag', 'nats://variable', 'nats://file'],
  'passphrase-file': ['/flag', '/variable', '/file'],
  port: ['1', '2', 3],
  region: ['eu-west-1', 'eu-west-2', 'eu-west-3'],
  'reset-route': [true, 'false', true],
  'root-key': ['/flag', '/variable', '/file'],
  'smtp-from': ['flag@example.com', 'variable@example.com', 'file@example.com'],
  'smtp-password-file': ['/flag', '/variable', '/file'],
  'smtp-url': ['smtp://flag:587', 'smtps://variable', 'smtp://user@file:25'],
  store: ['postgres://flag/db', 'postgresql://variable/db', 'sqlite'],
  'tls-cert': ['/flag', '/variable', '/file'],
  'tls-key': ['/flag', '/variable', '/file'],
  valkey: ['redis://flag', 'redis://variable', 'rediss://file'],
};

test('every setting has its case here', () => {
  assert.deepEqual(
    Object.keys(values),
    settings.map(({ name }) => name),
  );
});

for (const [name, [flag, variable, file]] of Object.entries(values)) {
  test(`\`${name}\`: the flag over the variable over the file over the default`, () => {
    const camel = name.replace(/-./g, (match) => match.slice(1).toUpperCase()) as keyof Config;
    const env = { [`RINGWALL_${name.toUpperCase().replace(/-/g, '_')}`]: variable };
    const path = yaml(stringify({ [name]: file }));
    const meant = (given: unknown) =>
      given === 'false' || given === '0'
        ? false
        : name === 'port' || name === 'audit-retention'
          ? Number(given)
          : given;
    assert.equal(readConfig({ [camel]: flag }, env, path)[camel], meant(flag));
    assert.equal(readConfig({}, env, path)[camel], meant(variable));
    assert.equal(readConfig({}, {}, path)[camel], meant(file));
    assert.equal(readConfig({}, {})[camel], settings.find((each) => each.name === name)?.fallback);
  });
}

for (const [text, expected] of [
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
  ['', false],
] as const) {
  test(`a switch is ${expected} by the variable \`${text}\``, () => {
    assert.equal(readConfig({}, { RINGWALL_MEMORY: text }).memory, expected);
  });
}

const refused: readonly (readonly [what: string, read: () => Config, said: RegExp])[] = [
  ['a word for a switch', () => readConfig({}, { RINGWALL_MEMORY: 'yes' }), /RINGWALL_MEMORY: `yes` cannot be used/],
  [
    'an unknown key',
    () => readConfig({}, {}, yaml('prot: 1')),
    /unknown key `prot` in .*known: accept-damage, account, audit-retention, auth/,
  ],
  ['a key in the flag spelling', () => readConfig({}, {}, yaml('logLevel: debug')), /unknown key `logLevel`/],
  ['a key without a value', () => readConfig({}, {}, yaml('host:')), /host in .*: `null` cannot be used/],
  ['a port beyond the last', () => readConfig({ port: '65536' }, {}), /--port: `65536` cannot be used/],
  ['a broken port', () => readConfig({}, { RINGWALL_PORT: '80.5' }), /RINGWALL_PORT: `80.5` cannot be used/],
  ['no day at all', () => readConfig({ auditRetention: '0' }, {}), /--audit-retention: `0` cannot be used/],
  ['an empty port', () => readConfig({}, { RINGWALL_PORT: '' }), /RINGWALL_PORT: `` cannot be used/],
  ['a port without a value', () => readConfig({}, {}, yaml('port:')), /port in .*: `null` cannot be used/],
  ['a switch for a port', () => readConfig({}, {}, yaml('port: true')), /port in .*: `true` cannot be used/],
  ['a port in hexadecimal', () => readConfig({ port: '0x50' }, {}), /--port: `0x50` cannot be used/],
  ['another store', () => readConfig({ store: 'mysql://x' }, {}), /expected sqlite or postgres:/],
  ['a Region with a zone', () => readConfig({ region: 'us-east-1a' }, {}), /expected a region/],
  ['a short account', () => readConfig({ account: '1' }, {}), /expected 12 digits/],
  ['a list for the file', () => readConfig({}, {}, yaml('- port')), /expected keys and values/],
  ['a file that is not YAML', () => readConfig({}, {}, yaml('a: [')), /is not YAML/],
  ['aliases', () => readConfig({}, {}, yaml('host: &a x\ndata: *a')), /is not YAML/],
  ['no file', () => readConfig({}, {}, join(directory, 'none')), /does not exist/],
];

for (const [what, read, said] of refused) {
  test(`refused: ${what}`, () => {
    assert.throws(read, (error) => {
      assert.ok(error instanceof ConfigError, String(error));
      assert.match(error.message, said);
      return true;
    });
  });
}

test('RINGWALL_CONFIG names the file; an empty file sets nothing', () => {
  assert.equal(readConfig({}, { RINGWALL_CONFIG: yaml('port: 99') }).port, 99);
  assert.equal(readConfig({}, {}, yaml('')).port, 4566);
});

test('an account number of the file may be bare digits', () => {
  assert.equal(readConfig({}, {}, yaml('account: 111122223333')).account, '111122223333');
});
