import { type Config, readConfig } from '#runtime/config.ts';
import { openLog } from '#runtime/log.ts';
import { ApiServer } from '#runtime/server.ts';
import type { RootCredentials } from '../../src/identity/iam/bootstrap.ts';
import { type OpenInstallation, openInstallation } from '../../src/installation.ts';

/** A real server on a free port of loopback, in this process; memory store unless told otherwise. */
export type Ringwall = {
  readonly endpoint: string;
  readonly port: number;
  readonly account: string;
  readonly root: RootCredentials;
  /** Settings for an SDK client with the root credentials. */
  readonly client: ClientSettings;
  /** Settings for other credentials or another region. */
  as(
    credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string },
    region?: string,
  ): ClientSettings;
  /** Moves the clock, and waits until the work that became due is done. */
  advance(ms: number): Promise<void>;
  /** Waits until everything published and due was taken. */
  settled(): Promise<void>;
  readonly installation: OpenInstallation;
  stop(): Promise<void>;
};

export type ClientSettings = {
  readonly endpoint: string;
  readonly region: string;
  readonly maxAttempts: number;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
};

/** @example const ringwall = await startRingwall(); after(() => ringwall.stop()); const iam = new IAMClient(ringwall.client); */
export async function startRingwall(flags: Partial<Config> & Record<string, unknown> = {}): Promise<Ringwall> {
  const config = readConfig({ memory: true, logLevel: 'error', ...flags }, {}, undefined);
  const installation = await openInstallation(config, '0.0.0-test', openLog(config.logLevel));
  const root = installation.created ?? { account: config.account, accessKeyId: 'unknown', secretAccessKey: 'unknown' };
  const server = new ApiServer(installation.house, { headers: {} });
  const port = await server.listen('127.0.0.1', 0);
  await installation.begin();
  const endpoint = `http://127.0.0.1:${port}`;
  const as: Ringwall['as'] = (credentials, region = config.region) => ({
    endpoint,
    region,
    maxAttempts: 1,
    credentials,
  });
  return {
    endpoint,
    port,
    account: config.account,
    root,
    client: as(root),
    as,
    advance: async (ms) => {
      installation.clock.advance(ms);
      await installation.idle();
    },
    settled: () => installation.idle(),
    installation,
    stop: async () => {
      installation.endWaiting();
      await server.drain(1_000);
      await installation.close();
    },
  };
}
