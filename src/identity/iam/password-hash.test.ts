import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { hashPassword, isPassword, newSalt } from './password-hash.ts';

describe('password hashes', () => {
  it('know their password, and no other', async () => {
    const stored = await hashPassword('correct Horse 7', newSalt(randomBytes));
    assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    assert.equal(await isPassword('correct Horse 7', stored), true);
    assert.equal(await isPassword('correct Horse 8', stored), false);
    assert.equal(await isPassword('', stored), false);
  });

  it('differ for the same password', async () => {
    assert.notEqual(await hashPassword('a', newSalt(randomBytes)), await hashPassword('a', newSalt(randomBytes)));
  });

  it('go by the costs written in them', async () => {
    // RFC 9106's reference implementation, test.c: version 0x13, Argon2id, t=2, m=2^8, p=1.
    const stored = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    assert.equal(await isPassword('password', stored), true);
    assert.equal(await isPassword('differentpassword', stored), false);
  });

  it('that cannot be read match nothing', async () => {
    for (const stored of ['', 'plain', '$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65'])
      assert.equal(await isPassword('plain', stored), false);
  });
});
