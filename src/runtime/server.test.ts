import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { signRequest } from '#wire/sigv4/sign.ts';
import type { AnyOperation } from './operation.ts';
import { ApiServer, type ListenOptions } from './server.ts';
import { openToy, type Toy } from './toy-for-tests.ts';

type Served = {
  readonly toy: Toy;
  readonly server: ApiServer;
  readonly port: number;
  /** A call of the toy's DeleteSecret as bytes. */
  call(secretId: string, more?: Readonly<Record<string, string>>): string;
  logged(): readonly string[];
};

/** A server of its own around a toy, so that a test may end it. */
async function serve(handle: AnyOperation['handle'], limits: ListenOptions['limits'] = {}): Promise<Served> {
  const toy = await openToy({ operations: { DeleteSecret: { resource: 'none', handle } } });
  const logged: string[] = [];
  toy.house.log.error = (_facts, message) => logged.push(message);
  const server = new ApiServer(toy.house, { headers: {}, limits });
  const port = await server.listen('127.0.0.1', 0);
  after(async () => {
    await server.drain(0);
    await toy.ringwall.stop();
  });
  const call: Served['call'] = (secretId, more = {}) => {
    const body = Buffer.from(JSON.stringify({ SecretId: secretId }));
    const headers = {
      host: `127.0.0.1:${port}`,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.DeleteSecret',
    };
    const signer = { ...toy.ringwall.root, region: 'us-east-1', service: 'secretsmanager' };
    const request = signRequest({ method: 'POST', path: '/', query: '', headers, body }, signer, Date.now());
    return http('POST / HTTP/1.1', { ...(request.headers as Record<string, string>), ...more }, body.toString());
  };
  return { toy, server, port, call, logged: () => logged };
}

function http(line: string, headers: Readonly<Record<string, string>>, body = ''): string {
  const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ ...length, ...headers }).map(([name, value]) => `${name}: ${value}`);
  return `${[line, ...lines].join('\r\n')}\r\n\r\n${body}`;
}

const health = http('GET /_ringwall/healthz HTTP/1.1', { host: 'x' });

/** A client that says exactly these bytes. */
class Peer {
  readonly socket: Socket;
  #text = '';
  #closed = false;
  #changed = Promise.withResolvers<void>();

  /** @param stubborn keeps its side of the connection open when the server closed the other */
  constructor(port: number, stubborn = false) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: stubborn });
    this.socket.on('data', (chunk) => {
      this.#text += chunk.toString();
      this.#tell();
    });
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.#closed = true;
      this.#tell();
    });
  }

  send(text: string): this {
    this.socket.write(text);
    return this;
  }

  /** Everything heard, once it matches or the server hung up. */
  async hear(expected: RegExp): Promise<string> {
    while (!expected.test(this.#text) && !this.#closed) await this.#changed.promise;
    assert.match(this.#text, expected);
    return this.#text;
  }

  /** Everything heard until the server hung up. */
  async end(): Promise<string> {
    while (!this.#closed) await this.#changed.promise;
    return this.#text;
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

/** An operation that answers when the test says so. */
function gated(answer: () => object = () => ({ Name: 'answered' })) {
  const began = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const handle: AnyOperation['handle'] = async () => {
    began.resolve();
    await gate.promise;
    return answer();
  };
  return { handle, began: began.promise, open: () => gate.resolve() };
}

const answerAtOnce: AnyOperation['handle'] = () => ({ Name: 'answered' });

const refusedConnection = (port: number) =>
  new Promise<string>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve('connected'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });

test('drain: a call in flight is answered and its connection closed; nobody new gets in', async () => {
  const slow = gated();
  const { server, port, call } = await serve(slow.handle);
  const peer = new Peer(port).send(call('a'));
  const idle = new Peer(port).send(health);
  await idle.hear(/"status":"ok"/);
  await slow.began;
  const drained = server.drain(10_000);
  assert.equal(await refusedConnection(port), 'ECONNREFUSED');
  await idle.end();
  slow.open();
  assert.match(await peer.end(), /^HTTP\/1\.1 200 OK[\s\S]*connection: close[\s\S]*"Name":"answered"/i);
  await drained;
});

test('drain: an answer larger than the buffers of the connection arrives whole', async () => {
  const slow = gated(() => ({ Name: 'x'.repeat(7_000_000) }));
  const { server, port, call } = await serve(slow.handle);
  const peer = new Peer(port).send(call('a'));
  await slow.began;
  const drained = server.drain(10_000);
  slow.open();
  const text = await peer.end();
  const [head = '', body = ''] = text.split('\r\n\r\n');
  assert.equal(body.length, Number(/content-length: (\d+)/i.exec(head)?.[1]));
  await drained;
});

test('drain: who takes longer than the grace is cut off', async () => {
  const slow = gated();
  const { server, port, call } = await serve(slow.handle);
  const peer = new Peer(port).send(call('a'));
  await slow.began;
  await server.drain(20);
  assert.equal(await peer.end(), '');
  slow.open();
});

test('drain: half a request and a silent connection hold nothing up', async () => {
  const { server, port } = await serve(answerAtOnce);
  const half = new Peer(port).send('POST / HTTP/1.1\r\nhost:');
  const silent = new Peer(port);
  await new Peer(port).send(health).hear(/"ok"/);
  await server.drain(10_000);
  await Promise.all([half.end(), silent.end()]);
});

test('one connection serves many requests; pipelined ones are answered in their order', async () => {
  const { port, call } = await serve((input: never) => ({ Name: (input as { SecretId: string }).SecretId }));
  const peer = new Peer(port).send(call('first') + health + call('second') + call('third'));
  const text = await peer.hear(/third/);
  assert.deepEqual(text.match(/first|"ok"|second|third/g), ['first', '"ok"', 'second', 'third']);
  assert.equal(text.match(/HTTP\/1\.1 200 OK/g)?.length, 4);
  assert.match(await peer.send(call('later')).hear(/later/), /connection: keep-alive/i);
  peer.socket.destroy();
});

test('HEAD has the head of an answer and no body', async () => {
  const { port } = await serve(answerAtOnce);
  const peer = new Peer(port).send(http('HEAD /_ringwall/nothing HTTP/1.1', { host: 'x' }) + health);
  const text = await peer.hear(/"ok"/);
  assert.match(text, /^HTTP\/1\.1 404 [\s\S]*content-length: [1-9]\d*\r\n[\s\S]*?\r\n\r\nHTTP\/1\.1 200 OK/i);
  peer.socket.destroy();
});

test('a client that asks before it sends is told to go on', async () => {
  const { port, call } = await serve(answerAtOnce);
  const [head = '', body = ''] = call('a', { expect: '100-continue' }).split('\r\n\r\n');
  const peer = new Peer(port).send(`${head}\r\n\r\n`);
  await peer.hear(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
  assert.match(await peer.send(body).hear(/answered/), /HTTP\/1\.1 200 OK/);
  peer.socket.destroy();
});

test('one that asks to send too much is refused before it does', async () => {
  const { port } = await serve(answerAtOnce);
  const headers = { host: 'x', 'content-length': '9000000', expect: '100-continue' };
  const text = await new Peer(port).send(http('POST / HTTP/1.1', headers)).end();
  assert.match(text, /^HTTP\/1\.1 413 /);
});

test('a client that disappears in its body disturbs nobody, and no error is logged', async () => {
  const { toy, port, call, logged } = await serve(answerAtOnce);
  const leaves = new Peer(port).send(call('a').slice(0, -3));
  const inFlight = async () =>
    /^ringwall_requests_in_flight (\d+)$/m.exec(await toy.house.metrics.registry.metrics())?.[1];
  while ((await inFlight()) !== '1') await new Promise(setImmediate);
  leaves.socket.destroy();
  while ((await inFlight()) !== '0') await new Promise(setImmediate);
  assert.match(await new Peer(port).send(call('b')).hear(/answered/), /200 OK/);
  assert.deepEqual(logged(), []);
});

test('a client that disappears before its answer: the call is done and on record', async () => {
  const slow = gated();
  const { toy, port, call, logged } = await serve(slow.handle);
  const leaves = new Peer(port).send(call('a'));
  await slow.began;
  leaves.socket.destroy();
  await leaves.end();
  slow.open();
  while ((await toy.recorded()).length === 0) await new Promise(setImmediate);
  assert.equal((await toy.recorded())[0]?.event.eventName, 'DeleteSecret');
  assert.deepEqual(logged(), []);
});

const badRequests: readonly (readonly [what: string, sent: string, status: number])[] = [
  ['headers over the limit', http('GET /_ringwall/healthz HTTP/1.1', { host: 'x', long: 'x'.repeat(40_000) }), 431],
  ['a target over the limit', http(`GET /${'x'.repeat(40_000)} HTTP/1.1`, { host: 'x' }), 431],
  ['no HTTP', 'hello\r\n\r\n', 400],
  ['another version', http('GET / HTTP/9.9', { host: 'x' }), 400],
  ['no host', http('GET /_ringwall/healthz HTTP/1.1', {}), 400],
  ['two lengths', http('POST / HTTP/1.1', { host: 'x', 'content-length': '3', 'Content-Length': '4' }, 'abc'), 400],
  [
    'a length and chunks',
    http('POST / HTTP/1.1', { host: 'x', 'content-length': '3', 'transfer-encoding': 'chunked' }, '0\r\n\r\n'),
    400,
  ],
  ['a broken chunk', `${http('POST / HTTP/1.1', { host: 'x', 'transfer-encoding': 'chunked' })}zz\r\n`, 400],
  ['an expectation that nobody has', http('GET / HTTP/1.1', { host: 'x', expect: 'wonders' }), 417],
];

for (const [what, sent, status] of badRequests) {
  test(`${status}: ${what}`, async () => {
    const { port } = await serve(answerAtOnce);
    const peer = new Peer(port).send(sent);
    const text = await peer.hear(/^HTTP\/1\.1 \d/);
    assert.equal(Number(text.slice(9, 12)), status, text);
    peer.socket.destroy();
    assert.match(await new Peer(port).send(health).hear(/"ok"/), /200 OK/, 'the next client is served');
  });
}

const slowly: ListenOptions['limits'] = { headersTimeout: 50, bodyTimeout: 100, connectionsCheckingInterval: 10 };

for (const [what, sent] of [
  ['headers that never end', 'POST / HTTP/1.1\r\nhost: x\r\n'],
  ['a body that never ends', `${http('POST / HTTP/1.1', { host: 'x', 'content-length': '10' })}abc`],
] as const) {
  test(`408 and the end of the connection: ${what}`, async () => {
    const { port, logged } = await serve(answerAtOnce, slowly);
    const peer = new Peer(port, true).send(sent);
    await peer.hear(/^HTTP\/1\.1 408 /);
    const more = setInterval(() => peer.send('x'), 5);
    await peer.end();
    clearInterval(more);
    assert.deepEqual(logged(), []);
  });
}

test('chunked bodies are counted, too', async () => {
  const { port } = await serve(answerAtOnce);
  const peer = new Peer(port).send(http('POST / HTTP/1.1', { host: 'x', 'transfer-encoding': 'chunked' }));
  const chunk = `100000\r\n${'x'.repeat(0x10_0000)}\r\n`;
  for (let sent = 0; sent < 9; sent += 1) peer.send(chunk);
  assert.match(await peer.hear(/HTTP\/1\.1 \d/), /^HTTP\/1\.1 413 /);
  peer.socket.destroy();
});
