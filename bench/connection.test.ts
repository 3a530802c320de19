import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { Connection, readReply } from './connection.ts';

const response = (body: string) => Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);

test('a response is read when all of it is there, not before', () => {
  const whole = response('hello');
  for (let length = 0; length < whole.length; length++) assert.equal(readReply(whole.subarray(0, length)), undefined);
  const reply = readReply(whole);
  assert.equal(reply?.status, 200);
  assert.equal(reply?.body.toString(), 'hello');
});

test('a response of unknown length, or with more behind it, is refused', () => {
  assert.throws(
    () => readReply(Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')),
    /content-length/,
  );
  assert.throws(() => readReply(Buffer.concat([response('a'), response('b')])), /more bytes/);
});

test('one connection carries request after request, and a lost one fails', { timeout: 5_000 }, async () => {
  const server = createServer((socket) => {
    let count = 0;
    socket.on('data', () => {
      const bytes = response(`answer ${++count}`);
      // In two pieces: the rest comes with a later packet.
      socket.write(bytes.subarray(0, 10));
      setImmediate(() => (count === 3 ? socket.destroy() : socket.write(bytes.subarray(10))));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = await Connection.open('127.0.0.1', (server.address() as AddressInfo).port);
  const request = Buffer.from('GET / HTTP/1.1\r\n\r\n');
  assert.equal((await connection.send(request)).body.toString(), 'answer 1');
  assert.equal((await connection.send(request)).body.toString(), 'answer 2');
  await assert.rejects(connection.send(request), /closed/);
  connection.close();
  server.close();
});
