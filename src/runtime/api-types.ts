import type * as cloudtrail from '@aws-sdk/client-cloudtrail';
import type * as cloudwatch from '@aws-sdk/client-cloudwatch';
import type * as logs from '@aws-sdk/client-cloudwatch-logs';
import type * as events from '@aws-sdk/client-eventbridge';
import type * as iam from '@aws-sdk/client-iam';
import type * as kms from '@aws-sdk/client-kms';
import type * as lambda from '@aws-sdk/client-lambda';
import type * as s3 from '@aws-sdk/client-s3';
import type * as s3control from '@aws-sdk/client-s3-control';
import type * as scheduler from '@aws-sdk/client-scheduler';
import type * as sns from '@aws-sdk/client-sns';
import type * as sqs from '@aws-sdk/client-sqs';
import type * as ssm from '@aws-sdk/client-ssm';
import type * as sts from '@aws-sdk/client-sts';

/** The SDK client package of each API that Ringwall serves: the types of its operations, nothing at run time. */
export interface Apis {
  cloudtrail: typeof cloudtrail;
  cloudwatch: typeof cloudwatch;
  events: typeof events;
  iam: typeof iam;
  kms: typeof kms;
  lambda: typeof lambda;
  logs: typeof logs;
  s3: typeof s3;
  s3control: typeof s3control;
  scheduler: typeof scheduler;
  sns: typeof sns;
  sqs: typeof sqs;
  ssm: typeof ssm;
  sts: typeof sts;
}

export type ApiName = keyof Apis;

type Instance<C> = C extends abstract new (...args: never) => infer I ? I : never;
type CommandOf<A extends ApiName, N extends string> = `${N}Command` extends keyof Apis[A]
  ? Instance<Apis[A][`${N}Command`]>
  : never;

/** Names of an API's operations: `'GetParameter' | …`. */
export type OperationName<A extends ApiName> = {
  [K in keyof Apis[A]]: K extends `${infer N}Command` ? (K extends '$Command' ? never : N) : never;
}[keyof Apis[A]];

/** Input as clients type it. */
export type RawInput<A extends ApiName, N extends string> = CommandOf<A, N> extends { input: infer I } ? I : never;

/** Output without the client's own `$metadata`; read-only, so that records can be answered as they are. */
export type Output<A extends ApiName, N extends string> =
  CommandOf<A, N> extends {
    resolveMiddleware: (...args: never) => (...args: never) => Promise<{ output: infer O }>;
  }
    ? Answer<Omit<O, '$metadata'>>
    : never;

/** Input after validation: required members are present, everything is read-only. */
export type Input<A extends ApiName, N extends string> = Validated<RawInput<A, N>>;

/** Read-only all the way down. */
export type Answer<T> = T extends Opaque
  ? T
  : T extends readonly (infer E)[]
    ? readonly Answer<E>[]
    : T extends object
      ? { readonly [K in keyof T]: Answer<T[K]> }
      : T;

type Opaque = Date | Uint8Array | string | number | boolean | bigint | symbol | null | undefined;

export type Validated<T> = T extends Opaque
  ? T
  : T extends readonly (infer E)[]
    ? readonly Validated<E>[]
    : T extends object
      ? {
          readonly [K in keyof T]: Record<never, never> extends Pick<T, K>
            ? Validated<T[K]>
            : Validated<Exclude<T[K], undefined>>;
        }
      : T;
