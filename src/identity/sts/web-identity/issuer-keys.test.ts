import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { IssuerKeys } from './issuer-keys.ts';

const issuer = { url: 'https://idp.example', thumbprints: [] };

/** Keys of an issuer that answers while `up`, and the count of what it was asked. */
function issuerAsked() {
  const state = { up: true, asked: 0 };
  const keys = new IssuerKeys(async (address): Promise<Record<string, unknown>> => {
    state.asked += 1;
    if (!state.up) throw new Error('down');
    return address.endsWith('/keys') ? { keys: [{ kid: 'a' }] } : { jwks_uri: `${issuer.url}/keys` };
  });
  return { state, keys };
}

test('an issuer that fails is asked again after seconds, not at every call', async () => {
  const { state, keys } = issuerAsked();
  state.up = false;
  for (const now of [0, 1, 4_999]) await assert.rejects(keys.candidates(issuer, 'a', now), /down/);
  assert.equal(state.asked, 1);
  await assert.rejects(keys.candidates(issuer, 'a', 5_000), /down/);
  assert.equal(state.asked, 2);
  state.up = true;
  await assert.rejects(keys.candidates(issuer, 'a', 9_999), /down/);
  assert.deepEqual(await keys.candidates(issuer, 'a', 10_000), [{ kid: 'a' }]);
});

test('calls at the same time share one failure', async () => {
  const { state, keys } = issuerAsked();
  state.up = false;
  const answers = await Promise.allSettled([0, 0, 0].map((now) => keys.candidates(issuer, 'a', now)));
  assert.deepEqual([answers.map(({ status }) => status), state.asked], [['rejected', 'rejected', 'rejected'], 1]);
});

test('known keys outlive an issuer that is down, until they are an hour old', async () => {
  const { state, keys } = issuerAsked();
  await keys.candidates(issuer, 'a', 0);
  state.up = false;
  const asked = state.asked;
  assert.deepEqual(await keys.candidates(issuer, 'made-up', 40_000), []);
  assert.deepEqual(await keys.candidates(issuer, 'made-up', 41_000), []);
  assert.equal(state.asked, asked + 1);
  assert.deepEqual(await keys.candidates(issuer, 'a', 41_000), [{ kid: 'a' }]);
  await assert.rejects(keys.candidates(issuer, 'a', 3_600_001), /down/);
});

test('the keys of an issuer are not looked for elsewhere on this host', async () => {
  for (const [url, address, taken] of [
    ['https://idp.example', 'https://keys.example/', true],
    ['https://idp.example', 'http://127.0.0.1:9000/keys', false],
    ['http://127.0.0.1:8000/oidc', 'http://127.0.0.1:8000/keys', true],
    ['http://127.0.0.1:8000/oidc', 'http://127.0.0.1:9000/keys', false],
  ] as const) {
    const keys = new IssuerKeys(async (asked) =>
      asked === address ? { keys: [{ kid: 'a' }] } : { jwks_uri: address },
    );
    const found = await keys.candidates({ url, thumbprints: [] }, 'a', 0).catch(() => 'refused');
    assert.deepEqual(found, taken ? [{ kid: 'a' }] : 'refused', `${url} ${address}`);
  }
});
