import { type Command, Option } from 'commander';
import { type Config, ConfigError, readConfig, settings } from '#runtime/config.ts';
import type { Log } from '#runtime/log.ts';
import type { DataSeal } from '#store/seal/data-seal.ts';
import type { OpenInstallation } from '../installation.ts';
import { CommandFailure, exitCodes, failureOf } from './failure.ts';

/** Time that calls in flight have to end after SIGTERM. */
const graceMs = 10_000;

export function register(program: Command): void {
  const command = program.command('start').description('run the server');
  for (const { name, value, help, fallback } of settings) {
    const option = new Option(`--${name}${value === undefined ? '' : ` <${value}>`}`, help);
    command.addOption(
      fallback === undefined || value === undefined ? option : option.default(undefined, String(fallback)),
    );
  }
  command.option('--config <FILE>', 'YAML file with these settings as keys');
  command.action(async (flags: Record<string, unknown>) => {
    await start(configOf(flags));
  });
}

/** Settings from flags, environment and file. @throws CommandFailure for a wrong call */
export function configOf(flags: Record<string, unknown>): Config {
  try {
    return readConfig(flags, process.env, flags['config'] as string | undefined);
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandFailure(exitCodes.wrongCall, error.message);
    throw error;
  }
}

/** Opens the installation; a sealed one waits for people first. @throws CommandFailure for whatever keeps it closed */
async function open(
  config: Config,
  log: Log,
  attempt: (seal?: DataSeal) => Promise<OpenInstallation>,
): Promise<OpenInstallation> {
  const { SealedError } = await import('../storage.ts');
  try {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof SealedError)) throw error;
      const { waitForSeal } = await import('./sealed-server.ts');
      return await attempt(await waitForSeal(config));
    }
  } catch (error) {
    const failure = failureOf(error);
    if (failure !== undefined) throw failure;
    log.debug({ err: error }, 'opening failed');
    const reason = error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, ' ') : String(error);
    throw new CommandFailure(exitCodes.workFailed, `the installation cannot be opened: ${reason}`);
  }
}

async function start(config: Config): Promise<void> {
  // Whatever this process creates is its user's alone.
  process.umask(0o077);
  const { version } = await import('./program.ts');
  const { openLog } = await import('#runtime/log.ts');
  const { ApiServer } = await import('#runtime/server.ts');
  const { openInstallation } = await import('../installation.ts');
  const { endpointOf, listenOptions, refuseUnsafe } = await import('./bind.ts');
  const { writeProfile } = await import('./profile.ts');
  const { settleMemory } = await import('./settle-memory.ts');
  refuseUnsafe(config);
  const listen = listenOptions(config);
  const log = openLog(config.logLevel);
  const installation = await open(config, log, (seal) => openInstallation(config, version(), log, seal));
  const { created } = installation;
  // Before anything else can fail: these credentials are shown once.
  if (created !== undefined) writeProfile(config, endpointOf(config, config.port), created);
  const server = new ApiServer(installation.house, listen);
  let port: number;
  try {
    port = await server.listen(config.host, config.port);
  } catch (error) {
    await installation.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(exitCodes.workFailed, `cannot listen on ${config.host}:${config.port}: ${reason}`);
  }
  const endpoint = endpointOf(config, port);
  writeProfile(config, endpoint, undefined);
  await installation.begin();
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'draining');
    installation.endWaiting();
    await server.drain(graceMs);
    await installation.close();
    process.exit(exitCodes.fine);
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
  settleMemory();
  process.stdout.write(`ringwall ready ${endpoint}\n`);
}
