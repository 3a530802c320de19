import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { CloudTrail } from '@aws-sdk/client-cloudtrail';
import type { S3 } from '@aws-sdk/client-s3';
import { SSM } from '@aws-sdk/client-ssm';
import { cleanEnvironment } from '../../../test/harness/process.ts';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { clients, keysIn, makeBucket, textOf } from './trail-for-tests.ts';

const hour = 3_600_000;
const installed = spawnSync('aws', ['--version']).status === 0;
const skip = installed ? false : 'the AWS CLI is not installed';

type Ran = { readonly status: number; readonly text: string };

describe('digests', () => {
  let ringwall: Ringwall;
  let trail: CloudTrail;
  let s3: S3;
  let ssm: SSM;
  let arn: string;
  let begun: number;

  /** `aws cloudtrail validate-logs`, as users run it; the server is in this process and must not be kept waiting. */
  const validate = (...more: string[]) =>
    new Promise<Ran>((resolve) => {
      const span = ['--start-time', at(begun - hour), '--end-time', at(ringwall.installation.clock.now() + hour)];
      const args = ['cloudtrail', 'validate-logs', '--trail-arn', arn, ...span, '--verbose', ...more];
      const env = {
        ...cleanEnvironment(),
        AWS_ENDPOINT_URL: ringwall.endpoint,
        AWS_ACCESS_KEY_ID: ringwall.root.accessKeyId,
        AWS_SECRET_ACCESS_KEY: ringwall.root.secretAccessKey,
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_CONFIG_FILE: '/nonexistent',
      };
      execFile('aws', args, { env }, (error, stdout, stderr) =>
        resolve({ status: error === null ? 0 : Number(error.code), text: stdout + stderr }),
      );
    });
  const at = (ms: number) => new Date(ms).toISOString();
  const digestsIn = (region = 'us-east-1') =>
    keysIn(s3, 'logs', `AWSLogs/${ringwall.account}/CloudTrail-Digest/${region}/`);
  const filesIn = () => keysIn(s3, 'logs', `AWSLogs/${ringwall.account}/CloudTrail/`);
  const put = (Name: string) => ssm.putParameter({ Name, Value: 'v', Type: 'String' });

  before(async () => {
    ringwall = await startRingwall();
    ({ trail, s3 } = clients(ringwall));
    ssm = new SSM(ringwall.client);
    await makeBucket(s3, 'logs');
    begun = ringwall.installation.clock.now();
    const made = await trail.createTrail({ Name: 'kept', S3BucketName: 'logs', EnableLogFileValidation: true });
    arn = made.TrailARN ?? '';
    await trail.startLogging({ Name: 'kept' });
    await put('one');
    await ringwall.advance(30 * 60_000);
    await put('two');
    await ringwall.advance(10 * 60_000);
    await ringwall.advance(21 * 60_000);
    await ringwall.advance(hour);
    await ringwall.advance(hour);
  });
  after(() => ringwall.stop());

  test('each hour has a digest, empty ones too, signed with the Region’s key and chained', async () => {
    const keys = await digestsIn();
    assert.equal(keys.length, 3);
    const { PublicKeyList = [] } = await trail.listPublicKeys({});
    assert.equal(PublicKeyList.length, 1);
    const publicKey = createPublicKey({
      key: Buffer.from(PublicKeyList[0]?.Value ?? []),
      format: 'der',
      type: 'pkcs1',
    });
    let previous: Record<string, unknown> = {};
    let previousSignature: string | undefined;
    for (const Key of keys) {
      const { Body, Metadata = {} } = await s3.getObject({ Bucket: 'logs', Key });
      const text = gunzipSync((await Body?.transformToByteArray()) ?? new Uint8Array());
      const digest = JSON.parse(text.toString()) as Record<string, unknown>;
      const { createHash } = await import('node:crypto');
      const hash = createHash('sha256').update(text).digest('hex');
      const signed = `${digest['digestEndTime']}\nlogs/${Key}\n${hash}\n${digest['previousDigestSignature'] ?? 'null'}`;
      assert.equal(Metadata['signature-algorithm'], 'SHA256withRSA');
      assert.ok(verify('sha256', Buffer.from(signed), publicKey, Buffer.from(Metadata['signature'] ?? '', 'hex')));
      assert.equal(digest['previousDigestSignature'], previousSignature ?? null);
      assert.equal(digest['previousDigestS3Object'], previous['digestS3Object'] ?? null);
      assert.equal(digest['digestPublicKeyFingerprint'], PublicKeyList[0]?.Fingerprint);
      previous = digest;
      previousSignature = Metadata['signature'];
    }
    const files = JSON.parse(await textOf(s3, 'logs', keys[0] ?? '')) as { readonly logFiles: readonly object[] };
    assert.equal(files.logFiles.length, 2);
  });

  test('the stock CLI finds all valid, and each change', { skip }, async () => {
    const whole = await validate();
    assert.equal(whole.status, 0, whole.text);
    const files = (await filesIn()).length;
    assert.match(whole.text, new RegExp(`3/3 digest files valid[^]*${files}/${files} log files valid`));

    const [log = ''] = await filesIn();
    const kept = await s3.getObject({ Bucket: 'logs', Key: log });
    const body = (await kept.Body?.transformToByteArray()) ?? new Uint8Array();
    const changed = gunzipSync(body).toString().replace('"one"', '"two"');
    await s3.putObject({ Bucket: 'logs', Key: log, Body: gzipSync(changed) });
    const altered = await validate();
    assert.equal(altered.status, 1);
    assert.match(altered.text, /INVALID: hash value doesn't match/);

    await s3.deleteObject({ Bucket: 'logs', Key: log });
    const missing = await validate();
    assert.equal(missing.status, 1);
    assert.match(missing.text, /Log file\ts3:.*INVALID: not found/);
    await s3.putObject({ Bucket: 'logs', Key: log, Body: body });
    assert.equal((await validate()).status, 0);

    const [, middle = ''] = await digestsIn();
    const digest = await s3.getObject({ Bucket: 'logs', Key: middle });
    const content = (await digest.Body?.transformToByteArray()) ?? new Uint8Array();
    const { Metadata = {} } = digest;
    const other = gunzipSync(content).toString().replace('"logFiles":[]', '"logFiles":[ ]');
    await s3.putObject({ Bucket: 'logs', Key: middle, Body: gzipSync(other), Metadata });
    const forged = await validate();
    assert.equal(forged.status, 1);
    assert.match(forged.text, /Digest file.*INVALID: signature verification failed/);

    await s3.deleteObject({ Bucket: 'logs', Key: middle });
    const removed = await validate();
    assert.equal(removed.status, 1);
    assert.match(removed.text, /Digest file.*INVALID: not found/);
    await s3.putObject({ Bucket: 'logs', Key: middle, Body: content, Metadata });

    // One that nobody signed, behind the last one.
    const last = (await digestsIn()).at(-1) ?? '';
    const inserted = last.replace(/\d{8}T\d{6}Z/, at(ringwall.installation.clock.now()).replace(/[-:]|\.\d+/g, ''));
    await s3.putObject({ Bucket: 'logs', Key: inserted, Body: content, Metadata });
    const extra = await validate();
    assert.equal(extra.status, 1);
    assert.match(extra.text, /INVALID: has been moved from its original location/);
    await s3.deleteObject({ Bucket: 'logs', Key: inserted });
    assert.equal((await validate()).status, 0);
  });

  test('the end of logging ends the chain; a new start begins one', { skip }, async () => {
    const before = (await digestsIn()).length;
    await trail.stopLogging({ Name: 'kept' });
    await ringwall.advance(2 * 60_000);
    const ended = await digestsIn();
    assert.equal(ended.length, before + 1);
    const last = JSON.parse(await textOf(s3, 'logs', ended.at(-1) ?? '')) as { readonly logFiles: readonly object[] };
    assert.equal(last.logFiles.length, 1, 'the file with StopLogging in it');
    await ringwall.advance(3 * hour);
    assert.equal((await digestsIn()).length, ended.length);
    await trail.startLogging({ Name: 'kept' });
    await ringwall.advance(hour + 1_000);
    const again = await digestsIn();
    assert.equal(again.length, ended.length + 1);
    const first = JSON.parse(await textOf(s3, 'logs', again.at(-1) ?? '')) as Record<string, unknown>;
    assert.equal(first['previousDigestSignature'], null);
    const { status, text } = await validate();
    assert.equal(status, 0, text);
    assert.match(text, /No log files were delivered by CloudTrail between/);
  });
});
