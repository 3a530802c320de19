import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Command } from 'commander';
import { callJson } from './client.ts';
import { CommandFailure, exitCodes } from './failure.ts';
import { clientProfile } from './profile.ts';
import { configOf } from './start.ts';

type Parameter = { readonly Name: string; readonly Value: string };

export function register(program: Command): void {
  program
    .command('exec')
    .description('run a command with the parameters below a path as environment variables')
    .requiredOption('--path <PATH...>', 'path of the parameters, for example /prod/app; may be given again')
    .option('--data <DIR>', 'data directory')
    .option('--pristine', 'give the command these variables only')
    .argument('<COMMAND...>', 'the command and its arguments, after --')
    .passThroughOptions()
    .action(async (command: string[], flags: Record<string, unknown>) => {
      const profile = clientProfile(configOf(flags).data);
      const variables: Record<string, string> = {};
      for (const path of flags['path'] as string[]) {
        for (const { Name, Value } of await parametersBelow(profile, path)) variables[variableOf(Name, path)] = Value;
      }
      process.exitCode = await run(command, flags['pristine'] === true ? variables : { ...process.env, ...variables });
    });
}

/** `/prod/app/db/url` below `/prod/app` is `DB_URL`. */
export function variableOf(name: string, path: string): string {
  const below = name.startsWith(path) ? name.slice(path.length) : name;
  const text = below
    .replace(/^\/+/, '')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
  return /^\d/.test(text) ? `_${text}` : text;
}

async function parametersBelow(profile: Parameters<typeof callJson>[0], path: string): Promise<readonly Parameter[]> {
  const found: Parameter[] = [];
  let token: unknown;
  do {
    const page = await callJson(profile, 'ssm', 'AmazonSSM.GetParametersByPath', {
      Path: path,
      Recursive: true,
      WithDecryption: true,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    found.push(...(page['Parameters'] as Parameter[]));
    token = page['NextToken'];
  } while (token !== undefined);
  return found;
}

/** Runs the command in this terminal. @returns its exit code, 128 + signal when one ended it */
function run([file = '', ...args]: string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'inherit', env });
    const forward = (signal: NodeJS.Signals) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, forward);
    child.once('error', (error) =>
      reject(new CommandFailure(exitCodes.workFailed, `cannot run \`${file}\`: ${error.message}`)),
    );
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
