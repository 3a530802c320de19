import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { OutboundError, outbound } from './outbound.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://localhost:${(server.address() as AddressInfo).port}/hook`;
}

const asked = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'hello', timeoutMs: 2_000 };

test('method, headers and body arrive; the answer comes back', async () => {
  const url = await serve(async (request, response) => {
    const body = (await request.toArray()).join('');
    const { method, headers } = request;
    response
      .writeHead(202, { 'x-seen': `${method} ${headers['content-type']} ${headers['content-length']}` })
      .end(body);
  });
  const { status, headers, body } = await outbound({ ...asked, url });
  assert.deepEqual([status, headers['x-seen'], Buffer.from(body).toString()], [202, 'POST text/plain 5', 'hello']);
});

test('a redirect is an answer, and is not followed', async () => {
  const url = await serve((_request, response) => response.writeHead(302, { location: 'http://localhost:1/' }).end());
  assert.equal((await outbound({ ...asked, url })).status, 302);
});

test('who never answers is given up in time', async () => {
  const url = await serve(() => undefined);
  await assert.rejects(outbound({ ...asked, url, timeoutMs: 50 }), new OutboundError('no answer in time'));
});

test('who answers without end is cut off', async () => {
  const url = await serve((_request, response) => {
    const flood = () => {
      while (response.write('x'.repeat(4_096))) if (response.destroyed) return;
    };
    response.on('drain', flood);
    flood();
  });
  await assert.rejects(outbound({ ...asked, url, maxBytes: 10_000 }), {
    name: 'OutboundError',
    message: /10000 bytes/,
  });
});

for (const url of [
  'http://169.254.169.254/latest/meta-data/',
  'http://[::ffff:169.254.169.254]/',
  'http://[fe80::1]/',
  'http://0.0.0.0/',
  'http://2852039166/',
]) {
  test(`${url} is not open to requests`, async () => {
    await assert.rejects(outbound({ ...asked, url }), { name: 'OutboundError', message: /is not open to requests/ });
  });
}

for (const url of ['file:///etc/passwd', 'ftp://a/', 'nonsense', 'http://localhost:1/']) {
  test(`${url} fails as a target, not otherwise`, async () => {
    await assert.rejects(outbound({ ...asked, url }), OutboundError);
  });
}
