import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { signRequest } from '#wire/sigv4/sign.ts';
import { type Ringwall, startRingwall } from '../../test/harness/start.ts';

let enforcing: Ringwall;
let controlled: Ringwall;
before(async () => {
  enforcing = await startRingwall({ logLevel: 'silent' });
  controlled = await startRingwall({ logLevel: 'silent', auth: 'open', resetRoute: true });
});
after(async () => {
  await enforcing.stop();
  await controlled.stop();
});

type Answered = { readonly status: number; readonly body: string; readonly type: string | null };

async function ask(ringwall: Ringwall, method: string, path: string, body?: string): Promise<Answered> {
  const response = await fetch(`${ringwall.endpoint}/_ringwall${path}`, {
    method,
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, body: await response.text(), type: response.headers.get('content-type') };
}

/** Signed as the commands of `ringwall` do. */
async function signed(ringwall: Ringwall, method: string, path: string): Promise<Answered> {
  const host = `127.0.0.1:${ringwall.port}`;
  const request = { method, path: `/_ringwall${path}`, query: '', headers: { host }, body: Buffer.alloc(0) };
  const { headers } = signRequest(request, { ...ringwall.root, region: 'us-east-1', service: 'ringwall' }, Date.now());
  const { host: _host, ...rest } = headers as Record<string, string>;
  const response = await fetch(`${ringwall.endpoint}/_ringwall${path}`, { method, headers: rest });
  return { status: response.status, body: await response.text(), type: response.headers.get('content-type') };
}

test('healthz says that the process answers, readyz that its store does', async () => {
  assert.deepEqual(await ask(enforcing, 'GET', '/healthz'), {
    status: 200,
    body: '{"status":"ok","version":"0.0.0-test"}\n',
    type: 'application/json',
  });
  assert.deepEqual(JSON.parse((await ask(enforcing, 'GET', '/readyz')).body), { status: 'ready' });
});

test('a query does not hide a route', async () => {
  assert.equal((await ask(enforcing, 'GET', '/healthz?probe=1')).status, 200);
});

test('with a broken store it is alive, not ready, and does not say why', async () => {
  const { store } = enforcing.installation.house;
  const count = store.count.bind(store);
  store.count = () => Promise.reject(new Error('PRIVATE: password of the database'));
  try {
    const { status, body } = await ask(enforcing, 'GET', '/readyz');
    assert.equal(status, 503);
    assert.doesNotMatch(body, /PRIVATE/);
    assert.equal((await ask(enforcing, 'GET', '/healthz')).status, 200);
  } finally {
    store.count = count;
  }
  assert.equal((await ask(enforcing, 'GET', '/readyz')).status, 200);
});

test('metrics are in the text format of Prometheus, and count the request that asks', async () => {
  const { status, body, type } = await ask(enforcing, 'GET', '/metrics');
  assert.equal(status, 200);
  assert.match(type ?? '', /^text\/plain; version=0\.0\.4/);
  assert.match(body, /^ringwall_requests_in_flight 1$/m);
});

test('status names version, store and seal, and counts records', async () => {
  const status = JSON.parse((await signed(enforcing, 'GET', '/status')).body) as Record<string, unknown>;
  assert.deepEqual([status['version'], status['store'], status['seal']], ['0.0.0-test', 'memory', 'memory']);
  assert.equal((status['records'] as Record<string, number>)['iam/account'], 1);
});

for (const [method, path] of [
  ['GET', '/'],
  ['GET', '/nothing'],
  ['POST', '/healthz'],
  ['GET', '/reset'],
  ['POST', '/reset'],
  ['POST', '/clock'],
  ['GET', '/healthz/'],
] as const) {
  test(`no route in enforce mode: ${method} ${path}`, async () => {
    assert.equal((await ask(enforcing, method, path, method === 'POST' ? '{"advance":"P1D"}' : undefined)).status, 404);
  });
}

test('a backup and an explanation are for who signs', async () => {
  for (const [method, path] of [
    ['POST', '/backup'],
    ['GET', '/explain/017f22e2-79b0-7cc3-98c4-dc0c0c07398f'],
  ] as const) {
    const { status, body } = await ask(enforcing, method, path);
    assert.ok(status === 400 || status === 403, String(status));
    assert.match(String(JSON.parse(body).code), /^MissingAuthenticationToken/);
  }
  assert.equal((await signed(enforcing, 'GET', '/explain/017f22e2-79b0-7cc3-98c4-dc0c0c07398f')).status, 404);
  assert.equal((await signed(enforcing, 'GET', '/explain/not-an-id')).status, 404);
});

test('open mode moves its clock by a duration, and by nothing else', async () => {
  const { now } = JSON.parse((await ask(controlled, 'POST', '/clock', '{"advance":"P30D"}')).body) as { now: string };
  const ahead = Date.parse(now) - Date.now();
  assert.ok(ahead > 29.9 * 86_400_000 && ahead <= 30 * 86_400_000);
  for (const body of ['', '{', '{}', '{"advance":5}', '{"advance":"-P1D"}', '{"advance":"30 days"}', 'null']) {
    const refused = await ask(controlled, 'POST', '/clock', body);
    assert.equal(refused.status, 400, body);
    assert.match(refused.body, /ISO 8601/);
  }
});

test('open mode empties itself, and its clock is back', async () => {
  await ask(controlled, 'POST', '/clock', '{"advance":"P30D"}');
  assert.equal((await ask(controlled, 'POST', '/reset')).status, 200);
  const { clock, store } = controlled.installation.house;
  assert.ok(Math.abs(clock.now() - Date.now()) < 1_000);
  assert.equal((await store.counts())['iam/account'], 1);
});
