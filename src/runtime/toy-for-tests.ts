import type { Service } from '#runtime/service.ts';
import { signRequest } from '#wire/sigv4/sign.ts';
import { type Ringwall, startRingwall } from '../../test/harness/start.ts';
import { collection } from './collection.ts';
import { answer } from './pipeline.ts';

/** What the toy service keeps. */
export const counters = collection<{ readonly count: number }>('toy/counter', 'regional');

export type Toy = {
  readonly ringwall: Ringwall;
  readonly house: Ringwall['installation']['house'];
  /** Puts a service in the place of the one of this name, as a part of it. */
  serve(service: Partial<Service>): void;
  /** Calls an operation as the root user, through the pipeline and without a socket. */
  call(operation: string, input?: object): Promise<{ readonly status: number; readonly body: Record<string, unknown> }>;
  /** Calls that are on record since the toy was made, oldest first. */
  recorded(): Promise<readonly RecordedCall[]>;
};

export type RecordedCall = {
  readonly event: {
    readonly eventName: string;
    readonly eventSource: string;
    readonly errorCode?: string;
    readonly requestID: string;
    readonly userIdentity: Readonly<Record<string, unknown>>;
  };
  readonly decisions: readonly object[];
};

/** A server with a service of a test's own, which speaks the API of Secrets Manager. */
export async function openToy(
  service: Partial<Service>,
  flags: Parameters<typeof startRingwall>[0] = {},
): Promise<Toy> {
  const ringwall = await startRingwall({ logLevel: 'silent', ...flags });
  const { house } = ringwall.installation;
  const services = house.services as Map<string, Service>;
  const toy: Service = {
    name: 'secretsmanager',
    prefix: 'secretsmanager',
    host: 'secretsmanager.amazonaws.com',
    operations: {},
    collections: [counters],
  };
  const serve = (part: Partial<Service>) => {
    const name = part.name ?? toy.name;
    services.set(name, { ...(services.get(name) ?? toy), ...part });
  };
  serve(service);
  return {
    ringwall,
    house,
    serve,
    call: async (operation, input = {}) => {
      const headers = {
        host: 'localhost',
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `secretsmanager.${operation}`,
      };
      const request = { method: 'POST', path: '/', query: '', headers, body: Buffer.from(JSON.stringify(input)) };
      const signer = { ...ringwall.root, region: 'us-east-1', service: 'secretsmanager' };
      const signed = signRequest(request, signer, Date.now());
      const facts = { sourceIp: '127.0.0.1', userAgent: 'test', host: 'localhost', tls: undefined };
      const { status, body } = await answer(house, signed, facts);
      return { status, body: JSON.parse(String(body)) as Record<string, unknown> };
    },
    recorded: async () => {
      const found: RecordedCall[] = [];
      const range = { from: 0, to: Number.MAX_SAFE_INTEGER, oldestFirst: true };
      for await (const { json } of house.store.readAudit(range)) found.push(JSON.parse(json) as RecordedCall);
      return found;
    },
  };
}
