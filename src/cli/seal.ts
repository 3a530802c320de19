import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { Config } from '#runtime/config.ts';
import type { Keyring } from '#store/seal/keyring.ts';
import { postPlain } from './client.ts';
import { CommandFailure, exitCodes } from './failure.ts';
import { readProfile } from './profile.ts';
import { configOf } from './start.ts';

type Flags = Record<string, unknown>;

export function register(program: Command): void {
  const seal = program.command('seal').description('the keys that everything kept is encrypted under');
  seal
    .command('status')
    .description('kind, generation and age of the seal')
    .option('--data <DIR>', 'data directory')
    .option('--store <URL>', 'where the installation keeps its data')
    .option('--json', 'as JSON')
    .action(async (flags: Flags) => status(configOf(flags), flags['json'] === true));
  seal
    .command('rewrap')
    .description('put the keys under another root key; the data stays as it is')
    .addOption(
      new Option('--to <KIND>', 'kind of the new root key')
        .choices(['key-file', 'passphrase', 'shamir'])
        .makeOptionMandatory(),
    )
    .option('--data <DIR>', 'data directory')
    .option('--store <URL>', 'where the installation keeps its data')
    .option('--root-key <FILE>', 'key file, present or new; default root.key in the data directory')
    .option('--passphrase-file <FILE>', 'present passphrase')
    .option('--new-passphrase-file <FILE>', 'new passphrase')
    .option('--shares <N>', 'shares to make', Number, 5)
    .option('--threshold <M>', 'shares that unseal', Number, 3)
    .option('--share <SHARE...>', 'present shares')
    .action(async (flags: Flags) => rewrap(configOf(flags), flags));
  seal
    .command('unseal')
    .description('give a sealed server its passphrase or a share')
    .option('--data <DIR>', 'data directory')
    .option('--passphrase-file <FILE>', 'passphrase')
    .option('--share <SHARE>', 'one share; repeat the command until enough are given')
    .action(async (flags: Flags) => unseal(configOf(flags), flags));
}

async function status(config: Config, json: boolean): Promise<void> {
  const { keyringStatus } = await import('#store/seal/keyring.ts');
  const { id, kind, generation, createdAt } = keyringStatus(await keyringOf(config));
  const facts = { id, kind, generation, created: new Date(createdAt).toISOString() };
  const text = json
    ? JSON.stringify(facts)
    : Object.entries(facts)
        .map(([name, value]) => `${name.padEnd(12)}${value}`)
        .join('\n');
  process.stdout.write(`${text}\n`);
}

async function rewrap(config: Config, flags: Flags): Promise<void> {
  const { rewrapKeyring } = await import('#store/seal/keyring.ts');
  const { writeKeyringFile } = await import('#store/seal/keyring-file.ts');
  const { newRootKey, presentRootKey } = await import('./root-keys.ts');
  const keyring = await keyringOf(config);
  const keyFile = config.rootKey ?? join(config.data, 'root.key');
  try {
    const from = await presentRootKey(keyring, {
      keyFile,
      passphraseFile: config.passphraseFile,
      shares: flags['share'] as string[] | undefined,
    });
    const to = await newRootKey(String(flags['to']), {
      keyFile,
      passphraseFile: flags['newPassphraseFile'] as string | undefined,
      shares: Number(flags['shares']),
      threshold: Number(flags['threshold']),
    });
    const rewrapped = rewrapKeyring(keyring, from, to.root);
    for (const line of to.say) process.stdout.write(`${line}\n`);
    if (config.store === 'sqlite') writeKeyringFile(join(config.data, 'seal.json'), rewrapped);
    else {
      const { changeKeyringTable } = await import('#store/postgres/keyring-table.ts');
      // Anew, from what the table has now: another rewrap may have been faster, and is not undone.
      await changeKeyringTable(config.store, (present) => rewrapKeyring(present, from, to.root));
    }
    to.settle();
    process.stdout.write(`the seal is now of kind ${String(flags['to'])}\n`);
  } catch (error) {
    if (error instanceof CommandFailure || !(error instanceof Error)) throw error;
    throw new CommandFailure(exitCodes.refused, error.message);
  }
}

async function unseal({ data }: Config, flags: Flags): Promise<void> {
  const file = flags['passphraseFile'];
  const body =
    typeof file === 'string'
      ? { passphrase: readFileSync(file, 'utf8').replace(/\r?\n$/, '') }
      : { share: flags['share'] };
  const answer = await postPlain(readProfile(data).endpoint, '/_ringwall/unseal', body);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** @throws CommandFailure before the first start */
async function keyringOf(config: Config): Promise<Keyring> {
  const { presentKeyring } = await import('../storage.ts');
  const keyring = await presentKeyring(config);
  if (keyring !== undefined) return keyring;
  const place = config.store === 'sqlite' ? `\`${config.data}\`` : 'the database';
  throw new CommandFailure(
    exitCodes.workFailed,
    `no seal in ${place}: start the server there first, or give --data or --store`,
  );
}
