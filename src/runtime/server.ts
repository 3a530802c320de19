import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type Duplex, Readable } from 'node:stream';
import { pipeline as pump } from 'node:stream/promises';
import type { TLSSocket } from 'node:tls';
import type { WireRequest, WireResponse } from '#wire/message.ts';
import { streams } from '#wire/route.ts';
import { ServiceError } from '#wire/service-error.ts';
import { bodyTimeoutMs, declaresTooMuch, isSmall, readBody } from './body.ts';
import type { RequestFacts } from './context.ts';
import type { Installation } from './installation.ts';
import { answerInternal } from './internal-routes.ts';
import { answer } from './pipeline.ts';

/** Limits of a connection, each against a client that holds it forever. */
const limits = {
  /** How often the next two are looked at: this much later a connection may end. */
  connectionsCheckingInterval: 5_000,
  /** Slowest arrival of all headers. */
  headersTimeout: 20_000,
  keepAliveTimeout: 65_000,
  /** AWS's limit on request headers is 10,240 bytes for most services; presigned URLs with session tokens need more. */
  maxHeaderSize: 32 * 1024,
};

/** Longest pause in a body that streams, either way, ms. */
const pauseMs = 120_000;
/** How long a client that was refused in the middle of its body has to hear of it, ms. */
const lingerMs = 2_000;

const tlsLimits = { minVersion: 'TLSv1.2', handshakeTimeout: limits.headersTimeout } as const;

export type ListenOptions = {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Instead of the usual ones, for tests. */
  readonly limits?: Pick<ServerOptions, keyof typeof limits> & { readonly bodyTimeout?: number };
  /** Added to every response: open mode says what it is. */
  readonly headers: Readonly<Record<string, string>>;
};

/** The listening server. */
export class ApiServer {
  readonly #server: Server;
  /** Every connection, also one in the middle of its TLS handshake. */
  readonly #connections = new Set<Socket>();
  /** Those that carry HTTP. */
  readonly #peers = new Set<Socket>();
  readonly #house: Installation;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #bodyTimeoutMs: number;
  #inFlight = 0;
  #draining = false;
  #drained: (() => void) | undefined;

  constructor(house: Installation, options: Pick<ListenOptions, 'tls' | 'headers' | 'limits'>) {
    this.#house = house;
    this.#headers = options.headers;
    const listener = (request: IncomingMessage, response: ServerResponse) => void this.#serve(request, response);
    const { bodyTimeout = bodyTimeoutMs, ...own } = options.limits ?? {};
    this.#bodyTimeoutMs = bodyTimeout;
    const settings = { noDelay: true, ...limits, ...own, requestTimeout: 0 };
    this.#server =
      options.tls === undefined
        ? createServer(settings, listener)
        : createTlsServer({ ...settings, ...options.tls, ...tlsLimits }, listener);
    this.#server.on('connection', (socket: Socket) => keep(this.#connections, socket));
    this.#server.on(options.tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) =>
      keep(this.#peers, socket),
    );
    this.#server.on('clientError', refuseConnection);
    this.#server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      // Who asks before sending too much is refused before it does.
      if (!declaresTooMuch(request) || streams(headOf(request))) response.writeContinue();
      listener(request, response);
    });
  }

  /** @returns the port that it listens on */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        const { port: taken } = this.#server.address() as AddressInfo;
        const scheme = this.#server instanceof TlsServer ? 'https' : 'http';
        this.#house.endpoint.url = `${scheme}://${localHost(host)}:${taken}`;
        resolve(taken);
      });
    });
  }

  /** Stops accepting, answers what is in flight (at most `graceMs`), closes. */
  async drain(graceMs: number): Promise<void> {
    this.#draining = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    let late: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      late = setTimeout(resolve, graceMs);
    });
    if (this.#inFlight > 0) {
      const idle = new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
      await Promise.race([idle, grace]);
    }
    // An answer that was written need not have been sent yet: a connection closes when its last byte is out.
    const sent = [...this.#peers].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const socket of this.#peers) socket.destroySoon();
    await Promise.race([Promise.all(sent), grace]);
    clearTimeout(late);
    for (const socket of this.#connections) socket.destroy();
    await closed;
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#inFlight += 1;
    this.#house.metrics.entered();
    try {
      await this.#write(message, response, await this.#answer(message, response));
    } catch (error) {
      // A client that left in the middle of its answer is no error of ours.
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE')
        this.#house.log.error({ err: error, path: message.url?.split('?')[0] }, 'a response could not be written');
      response.destroy();
    } finally {
      this.#house.metrics.left();
      this.#inFlight -= 1;
      if (this.#draining && this.#inFlight === 0) this.#drained?.();
    }
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<WireResponse> {
    const head = headOf(message);
    const facts = factsOf(message, response);
    try {
      if (head.path.startsWith('/_ringwall/')) {
        return await answerInternal(
          this.#house,
          { ...head, body: await readBody(message, this.#bodyTimeoutMs) },
          facts,
        );
      }
      const streamed = streams(head) && !isSmall(message);
      if (streamed) message.setTimeout(pauseMs, () => message.destroy());
      const body = streamed ? message : await readBody(message, this.#bodyTimeoutMs);
      return await answer(this.#house, { ...head, body }, facts);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return refusal(error, head);
    }
  }

  #write(message: IncomingMessage, response: ServerResponse, answered: WireResponse): Promise<void> | void {
    const { status, headers, body } = answered;
    for (const name in this.#headers) headers[name] = this.#headers[name] as string;
    if (this.#draining) headers['connection'] = 'close';
    if (!message.complete) endUnread(message, response, headers);
    if (typeof body === 'string' || body instanceof Uint8Array) {
      headers['content-length'] ??= String(typeof body === 'string' ? Buffer.byteLength(body) : body.length);
      response.writeHead(status, headers);
      response.end(message.method === 'HEAD' ? undefined : body);
      return;
    }
    response.writeHead(status, headers);
    response.setTimeout(pauseMs, () => response.destroy());
    return pump(body instanceof Readable ? body : Readable.from(body), response);
  }
}

/** How a process on this machine reaches a server that listens on `host`. */
function localHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** Answered before its body has come: the client may read the answer, and then the connection ends. */
function endUnread(message: IncomingMessage, response: ServerResponse, headers: Record<string, string>): void {
  headers['connection'] = 'close';
  message.resume();
  response.once('finish', () => {
    const late = setTimeout(() => message.socket.destroy(), lingerMs);
    message.socket.once('close', () => clearTimeout(late));
  });
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}

function headOf(message: IncomingMessage): Omit<WireRequest, 'body'> {
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: message.method ?? 'GET',
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? '' : url.slice(mark + 1),
    headers: message.headers as Record<string, string | undefined>,
  };
}

const refusals: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** Ends a connection whose bytes are no request. One that failed otherwise (TLS, a reset) hears nothing. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Duplex): void {
  const { code = '' } = error;
  const status = refusals[code] ?? (code.startsWith('HPE_') ? '400 Bad Request' : undefined);
  if (status === undefined || !socket.writable) return void socket.destroy();
  // Destroyed, since a client that does not close its side would keep the connection forever.
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

/** A request refused before its protocol could be told. */
function refusal(error: ServiceError, head: Omit<WireRequest, 'body'>): WireResponse {
  const json = head.headers['content-type']?.includes('json') ?? false;
  return {
    status: error.status ?? 400,
    headers: { 'content-type': json ? 'application/x-amz-json-1.1' : 'text/xml', connection: 'close' },
    body: json
      ? JSON.stringify({ __type: error.code, message: error.message })
      : `<ErrorResponse><Error><Type>Sender</Type><Code>${error.code}</Code><Message>${error.message}</Message></Error></ErrorResponse>`,
  };
}

function factsOf(message: IncomingMessage, response: ServerResponse): RequestFacts {
  const { socket } = message;
  const tls = socket as TLSSocket;
  let gone: AbortController | undefined;
  return {
    sourceIp: (socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    userAgent: message.headers['user-agent'] ?? '',
    host: message.headers.host ?? '',
    // Made when somebody asks: few calls wait.
    get gone() {
      if (gone === undefined) {
        const controller = new AbortController();
        gone = controller;
        response.once('close', () => controller.abort());
        if (response.closed || response.destroyed) controller.abort();
      }
      return gone.signal;
    },
    tls:
      tls.encrypted === true ? { version: tls.getProtocol() ?? '', cipher: tls.getCipher().standardName } : undefined,
  };
}
