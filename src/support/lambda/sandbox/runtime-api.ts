import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One event for a function. */
export type RuntimeEvent = {
  readonly requestId: string;
  readonly payload: Uint8Array;
  /** Wall clock, ms since the epoch. */
  readonly deadline: number;
  readonly functionArn: string;
  readonly traceId: string;
  /** JSON, ASCII only. */
  readonly clientContext: string | undefined;
};

/** What a runtime answered. */
export type RuntimeAnswer =
  | { readonly kind: 'response'; readonly body: Buffer }
  | { readonly kind: 'error'; readonly body: Buffer; readonly errorType: string }
  | { readonly kind: 'too-large' };

/** What a runtime does, as its environment hears it. */
export type RuntimeListener = {
  /** It asks for an event: whatever it had to do is done. */
  ready(): void;
  answered(answer: RuntimeAnswer): void;
  initFailed(answer: RuntimeAnswer): void;
  /** Something that no runtime should do. */
  fault(what: string): void;
};

/** Longest answer (Lambda quotas, "Invocation payload"): 6 MB and a little. */
export const maxAnswerBytes = 6_291_556;
const base = '/2018-06-01/runtime/';

/**
 * The Runtime API of one environment ("Using the Lambda runtime API"), on a port of its own on loopback. Only processes of the
 * environment may connect, so that no other function takes its events.
 */
export class RuntimeApi {
  readonly #server: Server;
  readonly #listener: RuntimeListener;
  /** The event under way, until it is answered. */
  #current: RuntimeEvent | undefined;
  /** A runtime that waits for its next event. */
  #waiting: ServerResponse | undefined;

  private constructor(listener: RuntimeListener, mayConnect: (port: number, ours: number) => boolean) {
    this.#listener = listener;
    this.#server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        listener.fault(String(error));
        response.destroy();
      });
    });
    this.#server.maxConnections = 64;
    this.#server.on('connection', (socket: Socket) => {
      if (mayConnect(socket.remotePort ?? 0, socket.localPort ?? 0)) return;
      listener.fault('a process from elsewhere connected');
      socket.destroy();
    });
    this.#server.on('clientError', (_error, socket) => {
      listener.fault('no HTTP');
      socket.destroy();
    });
  }

  /** @param mayConnect whether the process at that port of loopback belongs to the environment */
  static open(listener: RuntimeListener, mayConnect: (port: number, ours: number) => boolean): Promise<RuntimeApi> {
    const api = new RuntimeApi(listener, mayConnect);
    return new Promise((resolve, reject) => {
      api.#server.once('error', reject);
      api.#server.listen(0, '127.0.0.1', () => resolve(api));
    });
  }

  /** `127.0.0.1:40123`, for AWS_LAMBDA_RUNTIME_API. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Hands over an event, at once or when the runtime asks. */
  deliver(event: RuntimeEvent): void {
    this.#current = event;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) send(waiting, event);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (request.method === 'GET' && path === `${base}invocation/next`) return this.#next(response);
    const body = await bodyOf(request);
    if (request.method === 'POST' && path === `${base}init/error`) {
      this.#listener.initFailed(answerOf('error', request, body));
      return accept(response);
    }
    const [, id, what] = /^\/2018-06-01\/runtime\/invocation\/([^/]{1,100})\/(response|error)$/.exec(path) ?? [];
    if (request.method !== 'POST' || id === undefined) {
      this.#listener.fault('an unknown path');
      return refuse(response, 404, 'UnknownOperation', 'there is no such operation');
    }
    if (this.#current?.requestId !== id) {
      this.#listener.fault('an answer to no event');
      return refuse(response, 400, 'InvalidRequestID', 'Invalid request ID');
    }
    this.#current = undefined;
    this.#listener.answered(answerOf(what === 'error' ? 'error' : 'response', request, body));
    if (body === undefined) return refuse(response, 413, 'RequestEntityTooLarge', tooLargeText);
    return accept(response);
  }

  #next(response: ServerResponse): void {
    const inHand = this.#current !== undefined && handed.has(this.#current);
    if (this.#waiting !== undefined || inHand) {
      this.#listener.fault('it asked for an event before it answered the last');
      refuse(response, 403, 'InvalidStateTransition', 'the last event is not answered yet');
      return;
    }
    response.once('close', () => {
      if (this.#waiting === response) this.#waiting = undefined;
    });
    if (this.#current === undefined) {
      this.#waiting = response;
      this.#listener.ready();
    } else {
      this.#listener.ready();
      if (this.#current !== undefined) send(response, this.#current);
    }
  }
}

/** Events that have left, and are not to leave twice. */
const handed = new WeakSet<RuntimeEvent>();
export const tooLargeText = `Response payload size exceeded maximum allowed payload size (${maxAnswerBytes} bytes).`;

function send(response: ServerResponse, event: RuntimeEvent): void {
  handed.add(event);
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': event.payload.length,
    'lambda-runtime-aws-request-id': event.requestId,
    'lambda-runtime-deadline-ms': String(Math.round(event.deadline)),
    'lambda-runtime-invoked-function-arn': event.functionArn,
    'lambda-runtime-trace-id': event.traceId,
    ...(event.clientContext === undefined ? {} : { 'lambda-runtime-client-context': event.clientContext }),
  });
  response.end(event.payload);
}

/** The body; undefined when it is too long: the rest is read and dropped. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size <= maxAnswerBytes) chunks.push(chunk as Buffer);
    else chunks.length = 0;
  }
  return size > maxAnswerBytes ? undefined : Buffer.concat(chunks);
}

function answerOf(kind: 'response' | 'error', { headers }: IncomingMessage, body: Buffer | undefined): RuntimeAnswer {
  if (body === undefined) return { kind: 'too-large' };
  if (kind === 'response') return { kind, body };
  return { kind, body, errorType: String(headers['lambda-runtime-function-error-type'] ?? 'Unhandled') };
}

function accept(response: ServerResponse): void {
  response.writeHead(202, { 'content-type': 'application/json', 'content-length': 15 });
  response.end('{"status":"OK"}');
}

function refuse(response: ServerResponse, status: number, errorType: string, errorMessage: string): void {
  const body = JSON.stringify({ errorMessage, errorType });
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
