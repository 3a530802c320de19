import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { openTestAccount, refusal, type TestAccount } from './iam-for-tests.ts';

/** Self-signed, on P-256, valid for a hundred years. */
const [first = '', second = '', third = ''] = [
  `-----BEGIN CERTIFICATE-----
MIIBfjCCASOgAwIBAgIUGH6btp/9tBcYjtnBchj65uomkFgwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIc2lnbmVyIDEwIBcNMjYxMTIzMTgzODI0WhgPMjEyNjEwMzAx
ODM4MjRaMBMxETAPBgNVBAMMCHNpZ25lciAxMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAE/fQxWzBIRvUNbyPXMoeInEH1kXkDfk5PmA4Ynkbziil6NvVypt0yWhtd
UH+doKyjydeNXWYLMM8YoagPU/xS16NTMFEwHQYDVR0OBBYEFPZkNQ30KYYezsUv
0/hxotWPP2ZpMB8GA1UdIwQYMBaAFPZkNQ30KYYezsUv0/hxotWPP2ZpMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAN7+/F12HjennbimAttPRObw
9MlyoVUixt+2I/lkb2AjAiEAuhNYAllA6ZDUGNcEQ0sy/sb5ZA56Gvgm0XrMyQvx
Cs8=
-----END CERTIFICATE-----`,
  `-----BEGIN CERTIFICATE-----
MIIBfjCCASOgAwIBAgIUDDExig8UkrcHvIq1DXzQLHQR4TMwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIc2lnbmVyIDIwIBcNMjYxMTIzMTgzODI0WhgPMjEyNjEwMzAx
ODM4MjRaMBMxETAPBgNVBAMMCHNpZ25lciAyMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEnnQQ6ZjsmjSwHDHar5ZVA+gsZ6wI+wteJAz4hvDIVRt+zxyjkIz+zV5H
EOajLrU+CvHXKQJDKqe9Kg4XsWCOIaNTMFEwHQYDVR0OBBYEFAXv6V7YIFrvsTtu
VbsMd9e3s3ZUMB8GA1UdIwQYMBaAFAXv6V7YIFrvsTtuVbsMd9e3s3ZUMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAMvda4JrsXEFUiBZCG2L6ZRT
VqseEgt0s+JDjOSyFp2CAiEA6zqAVesnEPimv9paB8it2AOKN7P/ry/LKMdyxzcR
/O0=
-----END CERTIFICATE-----`,
  `-----BEGIN CERTIFICATE-----
MIIBfTCCASOgAwIBAgIUG0XOO+FODIlmYPsFw8nwLVaSz4EwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIc2lnbmVyIDMwIBcNMjYxMTIzMTgzODI0WhgPMjEyNjEwMzAx
ODM4MjRaMBMxETAPBgNVBAMMCHNpZ25lciAzMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEqetRBysFhFoZR772IXf1IC+7ZLmJ4MWQX9DNZhCGnHblIM6aUBrYT9C2
aIHVkw+4oScXJda9Cryy5FxFrzklfaNTMFEwHQYDVR0OBBYEFEFoEEtwqK5NHQEi
mqUJzuPGgwNfMB8GA1UdIwQYMBaAFEFoEEtwqK5NHQEimqUJzuPGgwNfMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAJ6WUJRCMAujFzbHLWhZZvXp
9u3sORtbgEbwvBA31dbpAiBn8GPn6L/d1pHsLJa49mAMUH01a6BXXRrQRkbW9tEk
qQ==
-----END CERTIFICATE-----`,
];

describe('signing certificates', () => {
  const UserName = 'ann';
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
    await test.root.createUser({ UserName });
  });
  after(() => test.ringwall.stop());

  it('keeps two, gives them back, and switches them off', async () => {
    const { Certificate: made } = await test.root.uploadSigningCertificate({ UserName, CertificateBody: first });
    assert.match(made?.CertificateId ?? '', /^[A-Z2-7]{32}$/);
    assert.equal(made?.CertificateBody, first);
    assert.equal(
      await refusal(test.root.uploadSigningCertificate({ UserName, CertificateBody: first })),
      '409 DuplicateCertificateException: The certificate is already associated with the user.',
    );
    await test.root.uploadSigningCertificate({ UserName, CertificateBody: second });
    assert.match(
      await refusal(test.root.uploadSigningCertificate({ UserName, CertificateBody: third })),
      /^409 LimitExceeded/,
    );
    await test.root.updateSigningCertificate({ UserName, CertificateId: made?.CertificateId, Status: 'Inactive' });
    const { Certificates } = await test.root.listSigningCertificates({ UserName });
    assert.deepEqual(new Set(Certificates?.map(({ Status }) => Status)), new Set(['Active', 'Inactive']));
    assert.match(await refusal(test.root.deleteUser({ UserName })), /must remove referenced objects first/);
    for (const { CertificateId } of Certificates ?? [])
      await test.root.deleteSigningCertificate({ UserName, CertificateId });
    assert.deepEqual((await test.root.listSigningCertificates({ UserName })).Certificates, []);
  });

  it('knows no certificate of another user', async () => {
    await test.root.createUser({ UserName: 'eve' });
    const { Certificate } = await test.root.uploadSigningCertificate({ UserName, CertificateBody: third });
    const CertificateId = Certificate?.CertificateId;
    const expected = `404 NoSuchEntityException: The Certificate with id ${CertificateId} cannot be found.`;
    assert.equal(await refusal(test.root.deleteSigningCertificate({ UserName: 'eve', CertificateId })), expected);
  });

  it('refuses what is no certificate, and one that has expired', async () => {
    assert.match(
      await refusal(test.root.uploadSigningCertificate({ UserName, CertificateBody: 'hello' })),
      /^400 MalformedCertificate/,
    );
    await test.ringwall.advance(101 * 366 * 86_400_000);
    assert.match(
      await refusal(test.root.uploadSigningCertificate({ UserName, CertificateBody: first })),
      /^400 InvalidCertificate/,
    );
  });
});
