import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deriveSigningKey, SigningKeyCache } from './signing-key.ts';

const scope = (region: string) => ({ date: '20261123', region, service: 'kms' });

test('the cache gives the derived key, and the same one again', () => {
  const cache = new SigningKeyCache(2);
  const key = cache.get('A', 's', scope('r1'));
  assert.ok(key.equals(deriveSigningKey('s', scope('r1'))));
  assert.equal(cache.get('A', 's', scope('r1')), key);
});

test('every part of the claim and the secret has its own key', () => {
  const cache = new SigningKeyCache(100);
  const places = [
    ['A', 's', scope('r1')],
    ['B', 's', scope('r1')],
    ['A', 't', scope('r1')],
    ['A', 's', scope('r2')],
    ['A', 's', { ...scope('r1'), date: '20261124' }],
    ['A', 's', { ...scope('r1'), service: 'iam' }],
  ] as const;
  for (const [id, secret, at] of places) assert.ok(cache.get(id, secret, at).equals(deriveSigningKey(secret, at)));
  assert.equal(cache.size, places.length);
});

test('a full cache forgets what was used longest ago', () => {
  const cache = new SigningKeyCache(2);
  const first = cache.get('A', 's', scope('r1'));
  const second = cache.get('A', 's', scope('r2'));
  assert.equal(cache.get('A', 's', scope('r1')), first);
  cache.get('A', 's', scope('r1'));
  assert.equal(cache.get('A', 's', scope('r2')), second, 'a hit in a full cache pushes nothing out');
  assert.equal(cache.get('A', 's', scope('r1')), first);
  cache.get('A', 's', scope('r3'));
  assert.equal(cache.size, 2);
  assert.equal(cache.get('A', 's', scope('r1')), first);
  assert.notEqual(cache.get('A', 's', scope('r2')), second);
});
