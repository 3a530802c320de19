import { readConfig } from '#runtime/config.ts';
import { openLog } from '#runtime/log.ts';
import { ApiServer } from '#runtime/server.ts';
import { openInstallation } from '../../src/installation.js';
/** @example const ringwall = await startRingwall(); after(() => ringwall.stop()); const iam = new IAMClient(ringwall.client); */
export async function startRingwall(flags = {}) {
  const config = readConfig({ memory: true, logLevel: 'error', ...flags }, {}, undefined);
  const installation = await openInstallation(config, '0.0.0-test', openLog(config.logLevel));
  const root = installation.created ?? { account: config.account, accessKeyId: 'unknown', secretAccessKey: 'unknown' };
  const server = new ApiServer(installation.house, { headers: {} });
  const port = await server.listen('127.0.0.1', 0);
  installation.scheduler.wake();
  const endpoint = `http://127.0.0.1:${port}`;
  const as = (credentials, region = config.region) => ({
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
      await installation.scheduler.idle();
    },
    installation,
    stop: async () => {
      await server.drain(1_000);
      await installation.close();
    },
  };
}
