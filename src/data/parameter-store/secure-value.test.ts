import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { KMS } from '@aws-sdk/client-kms';
import { allow, openTestStore, refused, type TestStore } from './client-for-tests.ts';

describe('SecureString parameters', () => {
  let store: TestStore;
  let kms: KMS;
  let keyArn: string;
  before(async () => {
    store = await openTestStore();
    kms = new KMS(store.ringwall.client);
    const { KeyMetadata } = await kms.createKey({});
    keyArn = KeyMetadata?.Arn ?? '';
    await kms.createAlias({ AliasName: 'alias/app', TargetKeyId: keyArn });
  });
  after(() => store.ringwall.stop());

  const secret = (Name: string, Value: string, more: object = {}) =>
    store.ssm.putParameter({ Name, Value, Type: 'SecureString', ...more });
  const read = async (Name: string, WithDecryption?: boolean) =>
    (await store.ssm.getParameter({ Name, ...(WithDecryption === undefined ? {} : { WithDecryption }) })).Parameter
      ?.Value ?? '';
  const keyOf = async (name: string) => {
    const { Parameters } = await store.ssm.describeParameters({ ParameterFilters: [{ Key: 'Name', Values: [name] }] });
    return Parameters?.[0]?.KeyId;
  };

  test('are encrypted by the account’s own key unless they name one', async () => {
    await secret('/s/default', 'p#sW*rd33');
    assert.equal(await keyOf('/s/default'), 'alias/aws/ssm');
    assert.equal((await kms.describeKey({ KeyId: 'alias/aws/ssm' })).KeyMetadata?.KeyManager, 'AWS');
    assert.equal(await read('/s/default', true), 'p#sW*rd33');
    const sealed = await read('/s/default');
    assert.ok(!sealed.includes('p#sW') && !Buffer.from(sealed, 'base64').includes('p#sW'));
  });

  test('a standard value is KMS ciphertext bound to the ARN, as AWS’s is', async () => {
    await secret('/s/standard', 'plain', { KeyId: 'alias/app' });
    assert.equal(await keyOf('/s/standard'), 'alias/app');
    const CiphertextBlob = Buffer.from(await read('/s/standard'), 'base64');
    const EncryptionContext = { PARAMETER_ARN: store.arn('/s/standard') };
    const { Plaintext, KeyId } = await kms.decrypt({ CiphertextBlob, EncryptionContext });
    assert.deepEqual([Buffer.from(Plaintext ?? []).toString(), KeyId], ['plain', keyArn]);
    await assert.rejects(kms.decrypt({ CiphertextBlob }), { name: 'InvalidCiphertextException' });
  });

  for (const [size, text] of [
    [4_097, 'x'.repeat(4_097)],
    [8_192, 'ü'.repeat(4_096)],
  ] as const) {
    test(`an advanced value of ${size} bytes is sealed under a data key`, async () => {
      const name = `/s/advanced-${size}`;
      await secret(name, text, { Tier: 'Advanced', KeyId: keyArn });
      assert.equal(await read(name, true), text);
      assert.notEqual(await read(name), text);
    });
  }

  test('every reading operation decrypts, and only when asked', async () => {
    const Name = '/s/many/one';
    await secret(Name, 'v1');
    await secret(Name, 'v2', { Overwrite: true, Tier: 'Advanced' });
    const values = async (WithDecryption: boolean) => [
      (await store.ssm.getParameters({ Names: [Name, `${Name}:1`], WithDecryption })).Parameters?.map((p) => p.Value),
      (await store.ssm.getParametersByPath({ Path: '/s/many', WithDecryption })).Parameters?.map((p) => p.Value),
      (await store.ssm.getParameterHistory({ Name, WithDecryption })).Parameters?.map((p) => p.Value),
    ];
    assert.deepEqual(await values(true), [['v1', 'v2'], ['v2'], ['v1', 'v2']]);
    assert.ok((await values(false)).flat().every((value) => value !== 'v1' && value !== 'v2'));
  });

  test('an overwrite without a key stays under the parameter’s key', async () => {
    await secret('/s/moved', 'a', { KeyId: 'alias/app' });
    await store.ssm.putParameter({ Name: '/s/moved', Value: 'b', Overwrite: true });
    assert.equal(await keyOf('/s/moved'), 'alias/app');
    assert.equal(await read('/s/moved', true), 'b');
    assert.equal(await read('/s/moved:1', true), 'a');
  });

  test('the pattern is checked on the plain text, filters find the key', async () => {
    await refused(secret('/s/pattern', 'short', { AllowedPattern: '.{8,20}' }), 'ParameterPatternMismatchException');
    const { Parameters } = await store.ssm.describeParameters({
      ParameterFilters: [{ Key: 'KeyId', Option: 'BeginsWith', Values: ['alias/app'] }],
    });
    assert.deepEqual(
      Parameters?.map(({ Name }) => Name),
      ['/s/moved', '/s/standard'],
    );
  });

  test('what is wrong with the key is InvalidKeyId, in KMS’s words', async () => {
    const origin = (code: string) =>
      new RegExp(`\\(Service: AWSKMS; Status Code: 400; Error Code: ${code}; Request ID: [^;]+; Proxy: null\\)$`);
    await refused(secret('/s/x', 'v', { KeyId: 'alias/absent' }), 'InvalidKeyId', origin('NotFoundException'));
    await refused(secret('/s/x', 'v', { KeyId: 'nonsense' }), 'InvalidKeyId', origin('NotFoundException'));
    await refused(secret('/s/x', 'v', { KeyId: 'a b' }), 'ValidationException', /regular expression/);
    const { KeyMetadata: mac } = await kms.createKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    await refused(secret('/s/x', 'v', { KeyId: mac?.KeyId }), 'InvalidKeyId');

    const { KeyMetadata: off } = await kms.createKey({});
    const KeyId = off?.KeyId ?? '';
    await secret('/s/off', 'v', { KeyId });
    await kms.disableKey({ KeyId });
    await refused(secret('/s/off', 'w', { KeyId, Overwrite: true }), 'InvalidKeyId', origin('DisabledException'));
    for (const call of [
      store.ssm.getParameter({ Name: '/s/off', WithDecryption: true }),
      store.ssm.getParameters({ Names: ['/s/off'], WithDecryption: true }),
      store.ssm.getParameterHistory({ Name: '/s/off', WithDecryption: true }),
    ]) {
      await refused(call, 'InvalidKeyId', origin('DisabledException'));
    }
    await store.ssm.getParameter({ Name: '/s/off' });
    await refused(store.ssm.getParameter({ Name: '/s/x' }), 'ParameterNotFound');
  });

  test('the caller needs the key’s permissions, under the parameter’s context', async () => {
    await secret('/s/guarded', 'v', { KeyId: keyArn });
    await secret('/s/guarded-too', 'v', { KeyId: keyArn });
    const bound = {
      StringEquals: {
        'kms:EncryptionContext:PARAMETER_ARN': store.arn('/s/guarded'),
        'kms:ViaService': 'ssm.us-east-1.amazonaws.com',
      },
    };
    const user = await store.user([allow('ssm:*', '*'), allow('kms:Decrypt', keyArn, bound)]);
    const get = (Name: string, WithDecryption = true) => user.getParameter({ Name, WithDecryption });
    assert.equal((await get('/s/guarded')).Parameter?.Value, 'v');
    await refused(
      get('/s/guarded-too'),
      'AccessDeniedException',
      /kms:Decrypt.*\(Service: AWSKMS; .*Error Code: AccessDeniedException/s,
    );
    await get('/s/guarded-too', false);
    const write = { Name: '/s/guarded', Value: 'w', Overwrite: true, KeyId: keyArn } as const;
    await refused(user.putParameter(write), 'AccessDeniedException', /kms:Encrypt/);
    await refused(user.putParameter({ ...write, Tier: 'Advanced' }), 'AccessDeniedException', /kms:GenerateDataKey/);
    assert.equal(await read('/s/guarded', true), 'v');
    // The default key's own policy lets everybody of the account use it through Parameter Store.
    await user.putParameter({ Name: '/s/own', Value: 'mine', Type: 'SecureString' });
    assert.equal((await get('/s/own')).Parameter?.Value, 'mine');
  });
});
