import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readBody } from '#runtime/body.ts';
import type { Config } from '#runtime/config.ts';
import type { DataSeal } from '#store/seal/data-seal.ts';
import { Unsealing } from '#store/seal/unsealing.ts';
import { presentKeyring } from '../storage.ts';
import { endpointOf, listenOptions } from './bind.ts';

/** Answers to a wrong secret come this late, whatever the machine: guessing costs time. */
const refusalDelayMs = 500;

/**
 * Answers for a sealed installation: health, and the unsealing. Everything else is unavailable.
 *
 * @returns the seal, once people gave what it takes; the port is free again then
 */
export async function waitForSeal(config: Config): Promise<DataSeal> {
  const keyring = await presentKeyring(config);
  if (keyring === undefined) throw new Error('INVARIANT: what is sealed has a keyring');
  const unsealing = new Unsealing(keyring, () => JSON.stringify(keyring));
  const { promise, resolve } = Promise.withResolvers<DataSeal>();

  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    const name = `${request.method} ${request.url ?? ''}`;
    if (name === 'GET /_ringwall/healthz') return json(response, 200, { status: 'sealed', kind: keyring.kind });
    if (name !== 'POST /_ringwall/unseal') {
      return json(response, 503, { __type: 'ServiceUnavailable', message: 'The installation is sealed.' });
    }
    try {
      const body = JSON.parse(Buffer.from(await readBody(request)).toString()) as Record<string, unknown>;
      const seal = await unsealing.offer(String(body['passphrase'] ?? body['share'] ?? ''));
      const { state, given, needed } = unsealing.status;
      json(response, 200, { status: state, given, needed });
      if (seal !== undefined) resolve(seal);
    } catch (error) {
      await new Promise((done) => setTimeout(done, refusalDelayMs));
      const reason = error instanceof Error ? error.message : 'the seal does not open';
      json(response, 403, { code: 'UnsealFailed', error: reason });
    }
  };
  // What opens the seal travels here: under TLS like everything else.
  const { tls } = listenOptions(config);
  const server =
    tls === undefined ? createServer(listener) : createTlsServer({ ...tls, minVersion: 'TLSv1.2' }, listener);
  await new Promise<void>((ready, failed) => {
    server.once('error', failed);
    server.listen(config.port, config.host, ready);
  });
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`ringwall sealed ${endpointOf(config, port)}\n`);
  const seal = await promise;
  await new Promise<void>((closed) => {
    server.close(() => closed());
    server.closeIdleConnections();
  });
  return seal;
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(`${JSON.stringify(body)}\n`);
}
