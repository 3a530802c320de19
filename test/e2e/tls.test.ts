import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  cleanEnvironment,
  remove,
  ringwall,
  type Spawned,
  spawnRingwall,
  temporaryDirectory,
} from '../harness/process.ts';

/** HTTPS as clients meet it: a certificate made here, the server in a process of its own. */

const directory = temporaryDirectory();
const cert = join(directory, 'cert.pem');
const key = join(directory, 'key.pem');

function makeCertificate(): boolean {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-days', '2'];
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert];
  return spawnSync('openssl', ['req', '-x509', ...made, ...subject]).status === 0;
}

const skip = makeCertificate() ? false : 'openssl is not installed';
after(() => remove(directory));

type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string };

function rootOf({ env }: Spawned): Credentials {
  return {
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
  };
}

function settings(server: Spawned, credentials = rootOf(server)) {
  return {
    endpoint: server.endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials,
    requestHandler: { httpsAgent: new Agent({ ca: readFileSync(cert) }) },
  };
}

describe('HTTPS', { skip }, () => {
  const data = join(directory, 'data');
  const tls = ['--tls-cert', cert, '--tls-key', key, '--log-level', 'error'];
  let server: Spawned;
  let port: number;

  before(async () => {
    server = await spawnRingwall(data, ...tls);
    port = Number(new URL(server.endpoint).port);
  });
  after(() => server.stop());

  test('the stock SDK calls it, and the audit record carries the TLS details', async () => {
    assert.match(server.endpoint, /^https:/);
    const ssm = new SSMClient(settings(server));
    const put = await ssm.send(new PutParameterCommand({ Name: '/tls', Value: '1', Type: 'String' }));
    const trail = new CloudTrailClient(settings(server));
    const { Events = [] } = await trail.send(new LookupEventsCommand({}));
    const records = Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent ?? '{}') as Record<string, unknown>);
    const record = records.find(({ requestID }) => requestID === put.$metadata.requestId);
    assert.deepEqual(record?.['tlsDetails'], {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_256_GCM_SHA384',
      clientProvidedHostHeader: `127.0.0.1:${port}`,
    });
  });

  test('a client that does not know the certificate does not call', async () => {
    const distrusting = new SSMClient({ ...settings(server), requestHandler: {} });
    await assert.rejects(distrusting.send(new GetParameterCommand({ Name: '/tls' })), /self-signed certificate/);
  });

  test('plain HTTP on the TLS port hears nothing and is hung up on', async () => {
    const heard = await new Promise<string>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
      });
      socket.on('error', () => undefined);
      socket.on('end', () => socket.destroy());
      socket.on('close', () => resolve(text));
      socket.write('GET /_ringwall/healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    });
    assert.doesNotMatch(heard, /HTTP|ok/);
  });

  test('versions before TLS 1.2 are refused', async () => {
    const old = {
      port,
      host: '127.0.0.1',
      ca: readFileSync(cert),
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
    } as const;
    const outcome = await new Promise<string>((resolve) => {
      const socket = connectTls({ ...old, ciphers: 'ALL@SECLEVEL=0' }, () => resolve('connected'));
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
    assert.match(outcome, /PROTOCOL_VERSION/);
  });

  test('policies see the transport: what asks for TLS is allowed over it, and denied without', async () => {
    const iam = new IAMClient(settings(server));
    await iam.send(new CreateUserCommand({ UserName: 'ann' }));
    const Statement = {
      Effect: 'Allow',
      Action: 'ssm:GetParameter',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'true' } },
    };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.send(new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'p', PolicyDocument }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
    const ann = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
    const read = new GetParameterCommand({ Name: '/tls' });
    assert.equal((await new SSMClient(settings(server, ann)).send(read)).Parameter?.Value, '1');
    await server.stop();
    const plain = await spawnRingwall(data, '--log-level', 'error');
    await assert.rejects(new SSMClient(settings(plain, ann)).send(read), { name: 'AccessDeniedException' });
    await plain.stop();
    server = await spawnRingwall(data, ...tls);
    port = Number(new URL(server.endpoint).port);
    assert.equal((await new SSMClient(settings(server, ann)).send(read)).Parameter?.Value, '1');
  });

  test('commands reach it when they are told whom to trust, and say so when not', () => {
    const told = ringwall(['status', '--json', '--data', data], { ...cleanEnvironment(), NODE_EXTRA_CA_CERTS: cert });
    assert.equal(told.status, 0, told.stderr);
    const untold = ringwall(['status', '--data', data]);
    assert.equal(untold.status, 1);
    assert.match(untold.stderr, /certificate of https:\S+ is not trusted .*NODE_EXTRA_CA_CERTS/);
  });

  test('a connection that never begins its handshake does not hold up the end', async () => {
    const silent = connect(port, '127.0.0.1');
    silent.on('error', () => undefined);
    await new Promise((resolve) => silent.once('connect', resolve));
    const health = new SSMClient(settings(server));
    await health.send(new GetParameterCommand({ Name: '/tls' }));
    const started = performance.now();
    assert.equal(await server.stop(), 0);
    assert.ok(performance.now() - started < 5_000, 'less than the grace');
    silent.destroy();
  });

  test('a sealed server is asked for its passphrase over TLS', async () => {
    const passphrase = join(directory, 'passphrase');
    writeFileSync(passphrase, 'correct horse battery staple\n', { mode: 0o600 });
    const rewrap = ['seal', 'rewrap', '--to', 'passphrase', '--new-passphrase-file', passphrase, '--data', data];
    const rewrapped = ringwall(rewrap);
    assert.equal(rewrapped.status, 0, rewrapped.stderr);
    const env = { ...cleanEnvironment(), NODE_EXTRA_CA_CERTS: cert };
    const sealed = await spawnRingwall(data, ...tls, '--port', String(port));
    try {
      assert.equal(sealed.endpoint, `https://127.0.0.1:${port}`);
      const unsealed = ringwall(['seal', 'unseal', '--passphrase-file', passphrase, '--data', data], env);
      assert.equal(unsealed.status, 0, unsealed.stderr);
      assert.equal(JSON.parse(unsealed.stdout).status, 'unsealed');
    } finally {
      await sealed.kill();
    }
  });
});

describe('certificates that cannot be used', { skip }, () => {
  const broken = join(directory, 'broken.pem');
  before(() => writeFileSync(broken, 'not a certificate'));
  for (const [what, flags, status, said] of [
    ['a certificate without its key', ['--tls-cert', cert], 2, /belong together/],
    [
      'a file that is not there',
      ['--tls-cert', `${cert}.none`, '--tls-key', key],
      2,
      /cannot read `.*cert\.pem\.none`/,
    ],
    ['a file that is no certificate', ['--tls-cert', broken, '--tls-key', key], 2, /--tls-cert.*cannot be used/],
  ] as const) {
    test(`refused: ${what}`, () => {
      const ran = ringwall(['start', '--memory', '--port', '0', ...flags]);
      assert.match(ran.stderr, said);
      assert.equal(ran.status, status);
    });
  }
});
