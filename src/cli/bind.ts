import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Config } from '#runtime/config.ts';
import type { ListenOptions } from '#runtime/server.ts';
import { CommandFailure, exitCodes } from './failure.ts';

/** Refuses what would expose an installation: open mode or plain HTTP beyond loopback. @throws CommandFailure */
export function refuseUnsafe(config: Config): void {
  const { host, auth, insecureBind, resetRoute, tlsCert, tlsKey } = config;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new CommandFailure(exitCodes.wrongCall, '--tls-cert and --tls-key belong together');
  }
  if (resetRoute && auth !== 'open') {
    throw new CommandFailure(
      exitCodes.refused,
      '--reset-route is for open mode: it lets anybody empty the installation',
    );
  }
  if (isLoopback(host)) return;
  if (auth === 'open')
    throw new CommandFailure(exitCodes.refused, `open mode listens on loopback only, not on \`${host}\``);
  if (tlsCert === undefined && !insecureBind) {
    throw new CommandFailure(
      exitCodes.refused,
      `\`${host}\` is not loopback: give --tls-cert and --tls-key, or --insecure-bind`,
    );
  }
}

/** How to listen, with the certificate that is to be used. @throws CommandFailure */
export function listenOptions(config: Config): Pick<ListenOptions, 'tls' | 'headers'> {
  const headers: Record<string, string> = config.auth === 'open' ? { 'x-ringwall-auth': 'open' } : {};
  if (config.tlsCert === undefined || config.tlsKey === undefined) return { headers };
  const tls = { key: readPem(config.tlsKey), cert: readPem(config.tlsCert) };
  try {
    createSecureContext(tls);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(exitCodes.wrongCall, `--tls-cert and --tls-key cannot be used: ${reason}`);
  }
  return { headers, tls };
}

/** URL of a server that listens on this port. */
export function endpointOf({ host, tlsCert }: Config, port: number): string {
  return `${tlsCert === undefined ? 'http' : 'https'}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new CommandFailure(exitCodes.wrongCall, `cannot read \`${file}\``);
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
