import { strict as assert } from 'node:assert';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readSshKey, sshKeyPem } from './ssh-key-format.ts';

/** GitHub's host key until 2023, and the fingerprint that GitHub published for it. */
const github =
  'ssh-rsa AAAAB3NzaC1yc2EAAAABIwAAAQEAq2A7hRGmdnm9tUDbO9IDSwBK6TbQa+PXYPCPy6rbTrTtw7PHkccKrpp0yVhp5HdEIcKr6pLlVDBfOLX9QUsyCOV0wzfjIJNlGEYsdlLJizHhbn2mUjvSAHQqZETYP81eFzLQNnPHt4EVVUh7VfDESU84KezmD5QlWpXLmvU31/yMf+Se8xhHTvKSCZIFImWwoG6mbUoWf9nzpIoaSjB+weqqUUmpaaasXVal72J+UX2B+2RPW3RcT0eOzQgqlJL3RKrTJvdsjE3JEAvGq3lGHSZXy28G3skua2SmVi/w4yCE6gbODqnTWlg7+wC604ydGXA8VJiS5ap43JXiUFFAaQ==';
const githubFingerprint = '16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48';

const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });

describe('readSshKey', () => {
  it("reads OpenSSH's form, with a comment and without, and knows the fingerprint", () => {
    for (const text of [github, `${github} git@github.com the old one\n`]) {
      assert.deepEqual(readSshKey(text), { openssh: github, fingerprint: githubFingerprint });
    }
  });

  it('gives PEM that reads as the same key', () => {
    const pem = sshKeyPem(github);
    assert.match(pem, /^-----BEGIN PUBLIC KEY-----\n/);
    assert.deepEqual(readSshKey(pem), { openssh: github, fingerprint: githubFingerprint });
  });

  it('reads both kinds of PEM', () => {
    const { publicKey } = rsa(2_048);
    const [spki, pkcs1] = (['spki', 'pkcs1'] as const).map((type) =>
      readSshKey(publicKey.export({ type, format: 'pem' }).toString()),
    );
    assert.ok(spki !== undefined && 'openssh' in spki);
    assert.deepEqual(spki, pkcs1);
    assert.equal(sshKeyPem(spki.openssh), publicKey.export({ type: 'spki', format: 'pem' }));
  });

  const { publicKey: short } = rsa(1_024);
  const { publicKey: curve } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { privateKey } = rsa(2_048);
  const refused: readonly (readonly [title: string, text: string, fault: 'encoding' | 'key'])[] = [
    ['a short key', short.export({ type: 'spki', format: 'pem' }).toString(), 'key'],
    ['a key on a curve', curve.export({ type: 'spki', format: 'pem' }).toString(), 'key'],
    ['a private key', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'encoding'],
    [
      'another type of key',
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl',
      'encoding',
    ],
    ['a cut key', github.slice(0, 200), 'encoding'],
    ['two lines', `${github}\n${github}`, 'encoding'],
    [
      'a type that the blob does not have',
      'ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl',
      'encoding',
    ],
    ['no key', 'hello', 'encoding'],
  ];
  for (const [title, text, fault] of refused)
    it(`refuses ${title}`, () => assert.deepEqual(readSshKey(text), { fault }));

  it('never throws', () => {
    const blob = fc.uint8Array({ maxLength: 64 }).map((bytes) => `ssh-rsa ${Buffer.from(bytes).toString('base64')}`);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          blob,
          fc.string().map((body) => `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----`),
        ),
        (text) => {
          assert.ok('fault' in readSshKey(text));
        },
      ),
    );
  });
});
