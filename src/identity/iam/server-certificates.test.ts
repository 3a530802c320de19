import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import {
  DeleteServerCertificateCommand,
  GetServerCertificateCommand,
  IAMClient,
  ListServerCertificatesCommand,
  ListServerCertificateTagsCommand,
  TagServerCertificateCommand,
  UntagServerCertificateCommand,
  UpdateServerCertificateCommand,
  UploadServerCertificateCommand,
} from '@aws-sdk/client-iam';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { certificate, certificateKey, otherKey } from '../certificate-for-tests.ts';

describe('server certificates', () => {
  let ringwall: Ringwall;
  let iam: IAMClient;
  before(async () => {
    ringwall = await startRingwall();
    iam = new IAMClient(ringwall.client);
  });
  after(() => ringwall.stop());

  const upload = (ServerCertificateName: string, more: object = {}) =>
    iam.send(
      new UploadServerCertificateCommand({
        ServerCertificateName,
        CertificateBody: certificate,
        PrivateKey: certificateKey,
        ...more,
      }),
    );
  const get = (ServerCertificateName: string) => iam.send(new GetServerCertificateCommand({ ServerCertificateName }));

  it('are kept with what the certificate says', async () => {
    const { ServerCertificateMetadata: metadata } = await upload('web', {
      Path: '/cdn/',
      CertificateChain: certificate,
    });
    assert.equal(metadata?.Arn, `arn:aws:iam::${ringwall.account}:server-certificate/cdn/web`);
    assert.match(metadata?.ServerCertificateId ?? '', /^ASCA[A-Z2-7]{17}$/);
    assert.equal(metadata?.Expiration?.toISOString(), '2126-10-30T18:43:11.000Z');
    const { ServerCertificate: read } = await get('web');
    assert.deepEqual([read?.CertificateBody, read?.CertificateChain, read?.Tags], [certificate, certificate, []]);
    assert.equal(JSON.stringify(read).includes('PRIVATE'), false);
    const { ServerCertificateMetadataList: list } = await iam.send(
      new ListServerCertificatesCommand({ PathPrefix: '/cdn/' }),
    );
    assert.deepEqual(
      list?.map(({ ServerCertificateName }) => ServerCertificateName),
      ['web'],
    );
  });

  it('need a certificate and the key that belongs to it', async () => {
    await assert.rejects(upload('x', { PrivateKey: otherKey }), { name: 'KeyPairMismatchException' });
    await assert.rejects(upload('x', { CertificateBody: 'no certificate' }), { name: 'MalformedCertificateException' });
    await assert.rejects(upload('x', { PrivateKey: 'no key' }), { name: 'MalformedCertificateException' });
    await assert.rejects(upload('x', { CertificateChain: 'no chain' }), { name: 'MalformedCertificateException' });
    await assert.rejects(get('x'), {
      name: 'NoSuchEntityException',
      message: 'The Server Certificate with name x cannot be found.',
    });
  });

  it('can be renamed, tagged and deleted', async () => {
    await upload('old');
    await upload('other');
    const rename = (NewServerCertificateName: string) =>
      iam.send(
        new UpdateServerCertificateCommand({ ServerCertificateName: 'old', NewServerCertificateName, NewPath: '/n/' }),
      );
    await assert.rejects(rename('OTHER'), { name: 'EntityAlreadyExistsException' });
    await rename('new');
    await assert.rejects(get('old'), { name: 'NoSuchEntityException' });
    assert.equal((await get('new')).ServerCertificate?.ServerCertificateMetadata?.Path, '/n/');
    const ServerCertificateName = 'new';
    const Tags = [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ];
    await iam.send(new TagServerCertificateCommand({ ServerCertificateName, Tags }));
    await iam.send(new UntagServerCertificateCommand({ ServerCertificateName, TagKeys: ['a'] }));
    const listed = await iam.send(new ListServerCertificateTagsCommand({ ServerCertificateName }));
    assert.deepEqual(listed.Tags, [{ Key: 'b', Value: '2' }]);
    await iam.send(new DeleteServerCertificateCommand({ ServerCertificateName }));
    await assert.rejects(get('new'), { name: 'NoSuchEntityException' });
  });
});
