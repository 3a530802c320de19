import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { exitCodes, failureOf } from './failure.ts';

/** Commands, alphabetical: each registers itself; what it needs is imported when it runs. */
const commands = [
  'account',
  'backup',
  'env',
  'exec',
  'explain',
  'policy',
  'restore',
  'seal',
  'start',
  'status',
  'verify',
] as const;

/** @returns the exit code: 0 fine, 1 the work failed, 2 the call was wrong, 3 refused for safety */
export async function runCli(argv: readonly string[]): Promise<number> {
  const program = new Command('ringwall')
    .description('The AWS security stack, self-hosted, with real engines.')
    .version(version())
    .showHelpAfterError('(ringwall --help lists the commands)')
    .enablePositionalOptions()
    .exitOverride();
  const named = commands.find((name) => name === argv[2]);
  for (const name of named === undefined ? commands : [named]) {
    const { register } = (await import(`./${name}.ts`)) as { register: (program: Command) => void };
    register(program);
  }
  try {
    await program.parseAsync(argv);
    return Number(process.exitCode ?? exitCodes.fine);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.wrongCall;
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    process.stderr.write(`ringwall: ${failure.message}\n`);
    return failure.exitCode;
  }
}

/** Version of the installed package. */
export function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
