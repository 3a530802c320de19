import { connect, type Socket } from 'node:net';

export type Reply = { readonly status: number; readonly body: Buffer };

type Pending = { readonly resolve: (reply: Reply) => void; readonly reject: (error: Error) => void };

/** One keep-alive HTTP/1.1 connection, one request at a time: as little work around the request as a client can do. */
export class Connection {
  readonly #socket: Socket;
  #pending: Pending | undefined;
  #received: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static open(host: string, port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true }, () => resolve(new Connection(socket)));
      socket.once('error', reject);
    });
  }

  /** @param request the whole request as bytes, with `content-length` */
  send(request: Uint8Array): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#pending = undefined;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    let reply: Reply | undefined;
    try {
      reply = readReply(this.#received);
    } catch (error) {
      this.#fail(error as Error);
      return;
    }
    if (reply === undefined) return;
    this.#received = Buffer.alloc(0);
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.resolve(reply);
  }

  #fail(error: Error): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(error);
  }
}

/** The response in these bytes; undefined while some are missing. @throws Error when its length cannot be told */
export function readReply(bytes: Buffer): Reply | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`a response without content-length: ${head.split('\r\n')[0]}`);
  const start = end + 4;
  const total = start + Number(length);
  if (bytes.length < total) return undefined;
  if (bytes.length > total) throw new Error('more bytes than the response announced');
  return { status: Number(head.slice(9, 12)), body: bytes.subarray(start) };
}
