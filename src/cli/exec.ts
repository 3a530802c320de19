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
    .option(
      '--allow-override',
      'let parameters set variables that decide which code runs: PATH, LD_PRELOAD, NODE_OPTIONS, …',
    )
    .passThroughOptions()
    .action(async (command: string[], flags: Record<string, unknown>) => {
      const profile = clientProfile(configOf(flags).data);
      const found: Variable[] = [];
      for (const path of flags['path'] as string[]) {
        const below = await parametersBelow(profile, path);
        if (below.length === 0) process.stderr.write(`ringwall: no parameters below \`${path}\`\n`);
        found.push(...below.map(({ Name, Value }) => ({ name: Name, variable: variableOf(Name, path), value: Value })));
      }
      const variables = environmentOf(found, flags['allowOverride'] === true);
      process.exitCode = await run(command, flags['pristine'] === true ? variables : { ...process.env, ...variables });
    });
}

type Variable = { readonly name: string; readonly variable: string; readonly value: string };

/** Variables that make programs load code: who may write one parameter must not get to run theirs. */
const decidesCode =
  /^(?:PATH|IFS|ENV|BASH_ENV|SHELLOPTS|BASHOPTS|PS4|PROMPT_COMMAND|EDITOR|PAGER|(?:LD|DYLD|GCONV|GLIBC|GIT|NODE|NPM|PYTHON|PERL|RUBY|JAVA|JDK|JVM|DOTNET|COMPLUS|CORECLR|BUNDLE|GEM|LUA|PHP|R)_.*|NODE|PYTHON.*|PERL5.*|RUBY(?:OPT|LIB)|CLASSPATH|_JAVA_OPTIONS)$/;

/** @throws CommandFailure without ever naming a value */
function environmentOf(found: readonly Variable[], allowOverride: boolean): Record<string, string> {
  const variables: Record<string, string> = {};
  const from = new Map<string, string>();
  for (const { name, variable, value } of found) {
    const other = from.get(variable);
    if (other !== undefined && other !== name) {
      throw new CommandFailure(exitCodes.workFailed, `\`${other}\` and \`${name}\` would both be ${variable}`);
    }
    if (value.includes('\u0000')) {
      throw new CommandFailure(exitCodes.workFailed, `the value of \`${name}\` holds a NUL, which no variable can`);
    }
    if (!allowOverride && decidesCode.test(variable)) {
      throw new CommandFailure(
        exitCodes.refused,
        `\`${name}\` would set ${variable}, which decides what code runs; --allow-override lets it`,
      );
    }
    from.set(variable, name);
    variables[variable] = value;
  }
  return variables;
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
