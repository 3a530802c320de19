import { strict as assert } from 'node:assert';
import { IAM } from '@aws-sdk/client-iam';
import { type CreateFunctionCommandInput, type InvokeCommandInput, Lambda } from '@aws-sdk/client-lambda';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { type PackedFile, pack, packOne } from './zip/pack-for-tests.ts';

/** A server with a role that functions may have. */
export type TestLambda = {
  readonly ringwall: Ringwall;
  readonly lambda: Lambda;
  readonly iam: IAM;
  readonly role: string;
  /** Makes a function of one file, `index.mjs` or `app.py`, or of an archive. */
  make(name: string, code: string | readonly PackedFile[], more?: Partial<CreateFunctionCommandInput>): Promise<string>;
  /** Invokes and parses what comes back. */
  call(name: string, event?: unknown, more?: Partial<InvokeCommandInput>): Promise<Called>;
  arn(name: string): string;
  stop(): Promise<void>;
};

export type Called = {
  // biome-ignore lint/suspicious/noExplicitAny: functions answer what tests make them answer
  readonly value: any;
  readonly error: string | undefined;
  readonly log: string;
  readonly version: string | undefined;
};

export function trusting(service: string): string {
  const Statement = [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

export async function openTestLambda(): Promise<TestLambda> {
  const ringwall = await startRingwall();
  const lambda = new Lambda(ringwall.client);
  const iam = new IAM(ringwall.client);
  const AssumeRolePolicyDocument = trusting('lambda.amazonaws.com');
  const { Role } = await iam.createRole({ RoleName: 'function', AssumeRolePolicyDocument });
  const role = Role?.Arn ?? '';
  const arn = (name: string) => `arn:aws:lambda:us-east-1:${ringwall.account}:function:${name}`;
  return {
    ringwall,
    lambda,
    iam,
    role,
    arn,
    make: async (FunctionName, code, more = {}) => {
      const python = more.Runtime?.startsWith('python') === true;
      const file = python ? 'app.py' : 'index.mjs';
      const made = await lambda.createFunction({
        FunctionName,
        Role: role,
        Runtime: 'nodejs22.x',
        Handler: python ? 'app.handler' : 'index.handler',
        Code: { ZipFile: typeof code === 'string' ? packOne(file, code) : pack(code) },
        ...more,
      });
      return made.FunctionArn ?? '';
    },
    call: async (FunctionName, event, more = {}) => {
      const answer = await lambda.invoke({
        FunctionName,
        ...(event === undefined ? {} : { Payload: JSON.stringify(event) }),
        LogType: 'Tail',
        ...more,
      });
      const text = Buffer.from(answer.Payload ?? []).toString();
      return {
        value: text === '' ? undefined : JSON.parse(text),
        error: answer.FunctionError,
        log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
        version: answer.ExecutedVersion,
      };
    },
    stop: async () => {
      lambda.destroy();
      iam.destroy();
      await ringwall.stop();
    },
  };
}

/** @example await refused(lambda.getFunction({ FunctionName: 'none' }), 'ResourceNotFoundException', /not found/) */
export async function refused(call: Promise<unknown>, code: string, message: string | RegExp): Promise<void> {
  await assert.rejects(call, (error: Error & { readonly Message?: string }) => {
    const text = error.message || error.Message || '';
    assert.equal(error.name, code, text);
    if (typeof message === 'string') assert.equal(text, message);
    else assert.match(text, message);
    return true;
  });
}
