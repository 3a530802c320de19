import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { accountInKeyId, temporaryKeyId } from './temporary-key-id.ts';

describe('ids of temporary keys', () => {
  it('carry the account', () => {
    const account = fc.integer({ min: 0, max: 999_999_999_999 }).map((number) => String(number).padStart(12, '0'));
    fc.assert(
      fc.property(account, fc.uint8Array({ minLength: 10, maxLength: 10 }), (id, random) => {
        const key = temporaryKeyId(id, random);
        assert.match(key, /^ASIA[A-Z2-7]{16}$/);
        assert.equal(accountInKeyId(key), id);
      }),
    );
  });

  // Published with the scheme: https://medium.com/@TalBeerySec/a-short-note-on-aws-key-id-f88cc4317489
  it('have the account where AWS has it', () => assert.equal(accountInKeyId('ASIAQNZGKIQY56JQ7WML'), '029608264753'));

  it('are not read from other keys', () => {
    for (const other of ['AKIAQNZGKIQY56JQ7WML', 'ASIAQNZGKIQY56JQ7WM', 'ASIAQNZGKIQY56JQ7WM1', '']) {
      assert.equal(accountInKeyId(other), undefined);
    }
  });
});
