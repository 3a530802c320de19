import { lookup } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** A request to somebody else's server. */
export type OutboundRequest = {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** For the whole exchange, ms. */
  readonly timeoutMs: number;
  /** Bytes of the answer that are kept; more ends the exchange. Default 64 KiB. */
  readonly maxBytes?: number;
};

export type OutboundAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/** No answer: refused, unreachable, too slow, too long, no HTTP. `message` may be shown to the owner of the target. */
export class OutboundError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OutboundError';
  }
}

/**
 * Addresses that no target may have: link-local ones carry the credentials of cloud machines, and none of them is somebody's webhook.
 * Private networks are where the targets of a self-hosted installation live.
 */
const closed = new BlockList();
closed.addSubnet('169.254.0.0', 16, 'ipv4');
closed.addSubnet('fe80::', 10, 'ipv6');
closed.addSubnet('0.0.0.0', 8, 'ipv4');
closed.addSubnet('224.0.0.0', 4, 'ipv4');
closed.addSubnet('ff00::', 8, 'ipv6');
closed.addAddress('::', 'ipv6');

const defaultMaxBytes = 64 * 1024;

/** Asks once: no redirects, no retries, no connection kept. @throws OutboundError */
export function outbound(asked: OutboundRequest): Promise<OutboundAnswer> {
  const url = URL.parse(asked.url);
  if (url === null || !/^https?:$/.test(url.protocol)) return Promise.reject(new OutboundError('the URL is not HTTP'));
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isClosed(host)) return Promise.reject(new OutboundError(closedText(host)));
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(error instanceof OutboundError ? error : new OutboundError(error.message));
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(url, {
      method: asked.method,
      headers: { ...asked.headers, 'content-length': String(Buffer.byteLength(asked.body ?? '')) },
      agent: false,
      lookup: openLookup,
      signal: AbortSignal.timeout(asked.timeoutMs),
    });
    request.on('error', (error) => fail(error.name === 'AbortError' ? new OutboundError('no answer in time') : error));
    request.on('response', (response) => {
      readAnswer(response, asked.maxBytes ?? defaultMaxBytes).then(resolve, fail);
    });
    request.end(asked.body);
  });
}

async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<OutboundAnswer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += (chunk as Uint8Array).length;
    if (size > maxBytes) throw new OutboundError(`the answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk as Uint8Array);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) headers[name] = String(value);
  return { status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks) };
}

/** Resolves names, and refuses those that lead to a closed address: what was checked is what is connected to. */
const openLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0);
    const bad = addresses.find(({ address }) => isClosed(address));
    if (bad !== undefined) return callback(new OutboundError(closedText(bad.address)), '', 0);
    if (options.all === true) return callback(null, addresses);
    const [first] = addresses;
    return callback(null, first?.address ?? '', first?.family ?? 0);
  });
};

function isClosed(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  return closed.check(mapped, isIP(mapped) === 6 ? 'ipv6' : 'ipv4');
}

function closedText(address: string): string {
  return `the address ${address} is not open to requests`;
}
