import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { absentRecord } from './record-body.ts';
import { type CachedRecord, RecordCache } from './record-cache.ts';

const record = (id: string, size = 0): CachedRecord => ({
  ...absentRecord({ collection: 'c', account: 'a', region: 'r', id }),
  size,
});

test('what is used stays, what is not goes', () => {
  const cache = new RecordCache({ count: 100 });
  cache.set('hot', record('hot'));
  for (let at = 0; at < 10_000; at++) {
    cache.set(`${at}`, record(`${at}`));
    assert.equal(cache.get('hot')?.key.id, 'hot');
    assert.ok(cache.size <= 100);
  }
  assert.equal(cache.get('0'), undefined);
  assert.equal(cache.get('9999')?.key.id, '9999');
});

test('the limit of bytes holds, whatever the count', () => {
  const cache = new RecordCache({ bytes: 1_000_000 });
  for (let at = 0; at < 1_000; at++) {
    cache.set(`${at}`, record(`${at}`, 10_000));
    assert.ok(cache.size <= 33);
  }
});

test('a replaced or deleted record is never seen again, in whichever generation it was', () => {
  const cache = new RecordCache({ count: 4 });
  cache.set('a', record('old'));
  cache.set('b', record('b')); // `a` and `b` are the old generation now
  cache.set('a', record('new'));
  assert.equal(cache.get('a')?.key.id, 'new');
  cache.delete('a');
  cache.delete('b');
  assert.equal(cache.get('a'), undefined);
  assert.equal(cache.get('b'), undefined);
  cache.set('c', record('c'));
  cache.clear();
  assert.equal(cache.size, 0);
});
