import type { ApiCall, Target } from './api-call.ts';
import { callAll, callOnce } from './client.ts';
import type { ServerProcess } from './server-process.ts';

/** Distinct things of each kind in the small installation. */
export const small = 1_000;

/** What the measured calls find there. */
export type Fixture = {
  /** Signs as an IAM user whose five policies allow exactly the measured calls. */
  readonly user: Target;
  readonly keyId: string;
  /** Base64, of `keyId`. */
  readonly ciphertexts: readonly string[];
};

export const names = {
  string: (index: number) => `/bench/string/${index}`,
  secure: (index: number) => `/bench/secure/${index}`,
  overwritten: (index: number) => `/bench/overwritten/${index}`,
  user: (index: number) => `bench-${index}`,
};

/** Fills a fresh installation through its API. @throws Error when one of the calls is refused */
export async function fill({ root, account }: ServerProcess): Promise<Fixture> {
  const indexes = Array.from({ length: small }, (_, index) => index);
  const user = { ...root, credentials: await createCaller(root, account) };
  const { KeyMetadata } = JSON.parse(await callOnce(root, { service: 'kms', operation: 'CreateKey', input: {} }));
  const keyId = KeyMetadata.KeyId as string;
  await callAll(
    root,
    indexes.map((index) => putParameter(names.string(index), 'String', `value of ${index}`)),
  );
  await callAll(
    root,
    indexes.map((index) => putParameter(names.secure(index), 'SecureString', `secret of ${index}`)),
  );
  await callAll(
    root,
    indexes.map((index) => putParameter(names.overwritten(index), 'String', 'first')),
  );
  await callAll(
    root,
    indexes.map((index) => iam('CreateUser', { UserName: names.user(index) })),
  );
  const encrypted = await callAll(
    root,
    indexes.map((index) => encrypt(keyId, index)),
  );
  const ciphertexts = encrypted.map((body) => JSON.parse(body).CiphertextBlob as string);
  return { user, keyId, ciphertexts };
}

export function putParameter(name: string, type: 'String' | 'SecureString', value: string, overwrite = false): ApiCall {
  return {
    service: 'ssm',
    operation: 'PutParameter',
    input: { Name: name, Value: value, ...(overwrite ? { Overwrite: true } : { Type: type }) },
  };
}

export function encrypt(keyId: string, index: number): ApiCall {
  const Plaintext = Buffer.from(`plaintext ${index}, of the size of a data key`).toString('base64');
  return { service: 'kms', operation: 'Encrypt', input: { KeyId: keyId, Plaintext } };
}

function iam(operation: string, input: Readonly<Record<string, string>>): ApiCall {
  return { service: 'iam', operation, input };
}

/** A user with three attached and two inline policies, and its access key. */
async function createCaller(root: Target, account: string): Promise<Target['credentials']> {
  const UserName = 'caller';
  await callOnce(root, iam('CreateUser', { UserName }));
  for (const [PolicyName, document] of Object.entries(attached(account))) {
    await callOnce(root, iam('CreatePolicy', { PolicyName, PolicyDocument: JSON.stringify(document) }));
    const PolicyArn = `arn:aws:iam::${account}:policy/${PolicyName}`;
    await callOnce(root, iam('AttachUserPolicy', { UserName, PolicyArn }));
  }
  for (const [PolicyName, document] of Object.entries(inline(account))) {
    const PolicyDocument = JSON.stringify(document);
    await callOnce(root, iam('PutUserPolicy', { UserName, PolicyName, PolicyDocument }));
  }
  const created = await callOnce(root, iam('CreateAccessKey', { UserName }));
  return { accessKeyId: element(created, 'AccessKeyId'), secretAccessKey: element(created, 'SecretAccessKey') };
}

type Statement = {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string;
  readonly Condition?: object;
};

function attached(account: string): Record<string, object> {
  return {
    'read-parameters': policy({
      Effect: 'Allow',
      Action: ['ssm:GetParameter', 'ssm:GetParameters'],
      Resource: `arn:aws:ssm:*:${account}:parameter/bench/*`,
    }),
    'use-keys': policy({
      Effect: 'Allow',
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: `arn:aws:kms:*:${account}:key/*`,
    }),
    'read-users': policy({ Effect: 'Allow', Action: 'iam:GetUser', Resource: `arn:aws:iam::${account}:user/bench-*` }),
  };
}

function inline(account: string): Record<string, object> {
  return {
    'write-parameters': policy({
      Effect: 'Allow',
      Action: 'ssm:PutParameter',
      Resource: `arn:aws:ssm:*:${account}:parameter/bench/overwritten/*`,
      Condition: { Bool: { 'ssm:Overwrite': 'true' } },
    }),
    guard: policy({ Effect: 'Deny', Action: ['ssm:DeleteParameter*', 'kms:ScheduleKeyDeletion'], Resource: '*' }),
  };
}

function policy(statement: Statement): object {
  return { Version: '2012-10-17', Statement: [statement] };
}

function element(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
  if (text === undefined) throw new Error(`no <${name}> in ${xml.slice(0, 500)}`);
  return text;
}
