import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type Config, longestRetention } from '#runtime/config.ts';
import { CommandFailure, exitCodes } from './failure.ts';
import { configOf } from './start.ts';

type Flags = Record<string, unknown>;

/** What was looked at, and what is wrong with it. */
type Findings = {
  readonly records: number;
  readonly auditBlocks: number;
  readonly auditBlocksDeleted: number;
  /** Empty: everything is as it was committed. */
  readonly problems: readonly string[];
};

export function register(program: Command): void {
  program
    .command('verify')
    .description('open every record and every audit block, and check that none was altered, removed or rolled back')
    .option('--data <DIR>', 'data directory; of an embedded store the server must be stopped')
    .option('--store <URL>', 'where the installation keeps its data; PostgreSQL is checked while servers run')
    .option('--root-key <FILE>', 'root key file; default root.key in the data directory')
    .option('--passphrase-file <FILE>', 'passphrase of a passphrase seal')
    .option('--share <SHARE...>', 'shares of a split seal')
    .option('--json', 'as JSON')
    .action(async (flags: Flags) => {
      const findings = await verify(configOf(flags), flags['share'] as string[] | undefined);
      process.stdout.write(flags['json'] === true ? `${JSON.stringify(findings)}\n` : textOf(findings));
      if (findings.problems.length > 0) process.exitCode = exitCodes.workFailed;
    });
}

async function verify(config: Config, shares: readonly string[] | undefined): Promise<Findings> {
  const { dataFiles, openStorage, presentKeyring } = await import('../storage.ts');
  const { openKeyring } = await import('#store/seal/keyring.ts');
  const { systemClock } = await import('#runtime/clock.ts');
  const { presentRootKey } = await import('./root-keys.ts');
  const keyring = await presentKeyring(config);
  if (keyring === undefined) {
    const where = config.store === 'sqlite' ? config.data : 'that database';
    throw new CommandFailure(exitCodes.wrongCall, `there is no installation in \`${where}\``);
  }
  const keyFile = config.rootKey ?? join(config.data, dataFiles.rootKey);
  const root = await presentRootKey(keyring, { keyFile, passphraseFile: config.passphraseFile, shares });
  // Looking must not change in which mode the data may be used.
  const modeFile = join(config.data, dataFiles.mode);
  const open = existsSync(modeFile) && readFileSync(modeFile, 'utf8').trim() === 'open';
  const storage = await openStorage(
    // What is damaged is to be reported, and how long records are kept is the servers' business.
    { ...config, auth: open ? 'open' : 'enforce', acceptDamage: true, auditRetention: longestRetention },
    systemClock,
    openKeyring(keyring, root),
  );
  try {
    const ledger = await storage.store.verify();
    const audit = await storage.store.verifyAudit();
    const broken = audit.brokenAt === undefined ? [] : [`the audit chain breaks at block ${audit.brokenAt}`];
    return {
      records: ledger.records,
      auditBlocks: audit.blocks,
      auditBlocksDeleted: audit.deleted,
      problems: [...new Set([...storage.damage, ...ledger.problems, ...broken])],
    };
  } finally {
    await storage.close();
  }
}

function textOf({ records, auditBlocks, auditBlocksDeleted, problems }: Findings): string {
  const deleted = auditBlocksDeleted === 0 ? '' : `, ${auditBlocksDeleted} more deleted for their age`;
  const lines = [`${records} records`, `${auditBlocks} audit blocks${deleted}`];
  const verdict = problems.length === 0 ? ['sound'] : problems.map((problem) => `problem: ${problem}`);
  return `${[...lines, ...verdict].join('\n')}\n`;
}
