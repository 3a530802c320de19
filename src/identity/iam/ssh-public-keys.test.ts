import { strict as assert } from 'node:assert';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { allPages, openTestAccount, refusal, type TestAccount } from './iam-for-tests.ts';

function newKey(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2_048 })
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString();
}

describe('SSH public keys', () => {
  const UserName = 'ann';
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
    await test.root.createUser({ UserName });
    await test.root.createUser({ UserName: 'eve' });
  });
  after(() => test.ringwall.stop());

  it('takes a key in one form and gives it in both', async () => {
    const pem = newKey();
    const { SSHPublicKey: made } = await test.root.uploadSSHPublicKey({ UserName, SSHPublicKeyBody: pem });
    const SSHPublicKeyId = made?.SSHPublicKeyId;
    assert.match(SSHPublicKeyId ?? '', /^APKA[A-Z2-7]{16}$/);
    assert.match(made?.Fingerprint ?? '', /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    const ssh = await test.root.getSSHPublicKey({ UserName, SSHPublicKeyId, Encoding: 'SSH' });
    assert.match(ssh.SSHPublicKey?.SSHPublicKeyBody ?? '', /^ssh-rsa AAAA/);
    const asPem = await test.root.getSSHPublicKey({ UserName, SSHPublicKeyId, Encoding: 'PEM' });
    assert.equal(asPem.SSHPublicKey?.SSHPublicKeyBody, pem);
    assert.match(
      await refusal(test.root.uploadSSHPublicKey({ UserName, SSHPublicKeyBody: ssh.SSHPublicKey?.SSHPublicKeyBody })),
      /^400 DuplicateSSHPublicKey/,
    );
    assert.equal(
      await refusal(test.root.getSSHPublicKey({ UserName: 'eve', SSHPublicKeyId, Encoding: 'SSH' })),
      `404 NoSuchEntityException: The Public Key with id ${SSHPublicKeyId} cannot be found.`,
    );
  });

  it('switches keys off and deletes them; five fit', async () => {
    for (let count = 1; count < 5; count += 1)
      await test.root.uploadSSHPublicKey({ UserName, SSHPublicKeyBody: newKey() });
    assert.match(
      await refusal(test.root.uploadSSHPublicKey({ UserName, SSHPublicKeyBody: newKey() })),
      /^409 LimitExceeded/,
    );
    const pages = await allPages(
      (marker) => test.root.listSSHPublicKeys({ UserName, MaxItems: 3, ...marker }),
      ({ SSHPublicKeys }) => SSHPublicKeys,
    );
    assert.deepEqual(
      pages.map(({ length }) => length),
      [3, 2],
    );
    const SSHPublicKeyId = pages[0]?.[0]?.SSHPublicKeyId;
    await test.root.updateSSHPublicKey({ UserName, SSHPublicKeyId, Status: 'Inactive' });
    const { SSHPublicKey } = await test.root.getSSHPublicKey({ UserName, SSHPublicKeyId, Encoding: 'SSH' });
    assert.equal(SSHPublicKey?.Status, 'Inactive');
    assert.match(await refusal(test.root.deleteUser({ UserName })), /must remove referenced objects first/);
    await test.root.deleteSSHPublicKey({ UserName, SSHPublicKeyId });
    assert.equal((await test.root.listSSHPublicKeys({ UserName })).SSHPublicKeys?.length, 4);
  });

  it('says which texts are no keys', async () => {
    assert.equal(
      await refusal(test.root.uploadSSHPublicKey({ UserName: 'eve', SSHPublicKeyBody: 'hello' })),
      '400 UnrecognizedPublicKeyEncodingException: Invalid public key uploaded.',
    );
    const short = generateKeyPairSync('rsa', { modulusLength: 1_024 })
      .publicKey.export({ type: 'spki', format: 'pem' })
      .toString();
    assert.match(
      await refusal(test.root.uploadSSHPublicKey({ UserName: 'eve', SSHPublicKeyBody: short })),
      /^400 InvalidPublicKey/,
    );
  });
});
