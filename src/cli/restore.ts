import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '#runtime/config.ts';
import { CommandFailure, exitCodes } from './failure.ts';
import { configOf } from './start.ts';

export function register(program: Command): void {
  program
    .command('restore')
    .description('make a data directory, or fill a PostgreSQL database, from a backup; refuses one that is not empty')
    .argument('<FILE>', 'backup')
    .option('--data <DIR>', 'new data directory; with --store it gets the root key and the profile only')
    .option('--store <URL>', 'postgres://… of an empty database; default: the data directory keeps everything')
    .option(
      '--root-key <FILE>',
      'root key file of the installation that was backed up; else put it there before the start',
    )
    .option('--profile <FILE>', 'profile.json of that installation, so that `ringwall env` works here')
    .action(async (file: string, flags: Record<string, unknown>) => {
      if (!existsSync(file)) throw new CommandFailure(exitCodes.wrongCall, `\`${file}\` does not exist`);
      const config = configOf(flags);
      const told = typeof flags['data'] === 'string';
      // A store of the environment or of a file must not decide where a restore writes.
      const toDatabase = typeof flags['store'] === 'string' && config.store !== 'sqlite';
      if (!told && !toDatabase) {
        throw new CommandFailure(
          exitCodes.wrongCall,
          'give the new data directory with --data, or a database with --store',
        );
      }
      if (flags['profile'] !== undefined && !told) {
        throw new CommandFailure(exitCodes.wrongCall, '--profile needs --data, the directory that gets it');
      }
      if (toDatabase) await fillDatabase(file, config, told);
      else await makeDirectory(file, config);
      const { copyProfile } = await import('./profile.ts');
      if (typeof flags['profile'] === 'string') copyProfile(flags['profile'], config.data);
      const keyThere = told ? existsSync(join(config.data, 'root.key')) : config.rootKey !== undefined;
      const missing = keyThere
        ? ''
        : told
          ? `; put its root.key there (0600) before you start it`
          : `; start it with its --root-key`;
      const place = toDatabase ? `${databaseOf(config.store)}${told ? ` and ${config.data}` : ''}` : config.data;
      process.stdout.write(`restored ${file} to ${place}${missing}\n`);
    });
}

async function makeDirectory(file: string, { data, rootKey }: Config): Promise<void> {
  const { restore } = await import('#store/sqlite/backup.ts');
  await restore({ file, directory: data, ...(rootKey === undefined ? {} : { rootKeyFile: rootKey }) });
}

async function fillDatabase(file: string, { data, rootKey, store }: Config, withDirectory: boolean): Promise<void> {
  const { restoreToPostgres } = await import('#store/postgres/restore.ts');
  const { openKeyFile, writeKeyFile } = await import('#store/seal/kinds/key-file.ts');
  if (withDirectory && existsSync(data) && readdirSync(data).length > 0) {
    throw new CommandFailure(exitCodes.refused, `\`${data}\` is not empty; expected an empty or absent directory`);
  }
  const key = rootKey === undefined ? {} : { rootKeyFile: rootKey };
  await restoreToPostgres({ file, url: store, now: Date.now(), ...key });
  if (!withDirectory) return;
  mkdirSync(data, { recursive: true, mode: 0o700 });
  if (rootKey !== undefined) writeKeyFile(join(data, 'root.key'), openKeyFile(rootKey).key.export());
}

/** Without the password. */
function databaseOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
