import { strict as assert } from 'node:assert';
import * as sdk from '@aws-sdk/client-s3';
import type { Recording } from '../../data/recordings-for-tests.ts';

type Json = unknown;

/** A bucket of its own for a recorded case, whose calls are compared with what AWS answered. */
export class Stage {
  readonly s3: sdk.S3Client;
  readonly bucket: string;
  readonly parameter: string;
  readonly #recording: Recording;
  readonly #left: Set<string>;
  readonly #bound = new Map<string, string>();

  constructor(s3: sdk.S3Client, bucket: string, parameter: string, recording: Recording) {
    this.s3 = s3;
    this.bucket = bucket;
    this.parameter = parameter;
    this.#recording = recording;
    this.#left = new Set(Object.keys(recording));
  }

  /** Labels that no call was compared with. */
  get left(): readonly string[] {
    return [...this.#left];
  }

  /** Leaves an answer out that cannot be compared. */
  pass(label: string): void {
    this.#left.delete(label);
  }

  /** Makes a call without comparing it. The bucket is the stage's unless the input names one. */
  async call(operation: string, input: object = {}): Promise<Record<string, never>> {
    const Command = (sdk as unknown as Record<string, new (input: object) => never>)[`${operation}Command`];
    assert.ok(Command !== undefined, `the SDK has ${operation}`);
    return (await this.s3.send(new Command({ Bucket: this.bucket, ...input }))) as unknown as Record<string, never>;
  }

  /** Makes a call and compares its answer, or its refusal, with the recorded one. */
  async replay(label: string, operation: string, input: object = {}): Promise<Record<string, never>> {
    const recorded = this.#recording[label] as Record<string, Json>;
    assert.ok(recorded !== undefined, `${label} is recorded`);
    this.#left.delete(label);
    if ('Error' in recorded) {
      const error = await this.call(operation, input).then(
        () => assert.fail(`${label}: it succeeds where AWS refused it`),
        (thrown: Record<string, unknown>) => thrown,
      );
      this.#refusal(error, recorded, label);
      return error as Record<string, never>;
    }
    const answer = await this.call(operation, input);
    const { Body } = answer as { readonly Body?: { transformToString(): Promise<string> } };
    const { $metadata, ...members } = answer as Record<string, Json>;
    const whole: Record<string, Json> = { ...members };
    if (Body !== undefined) whole['Body'] = await Body.transformToString();
    const { ResponseMetadata, ...wanted } = recorded;
    this.#compare(whole, wanted, label);
    const status = (ResponseMetadata as { HTTPStatusCode?: number } | undefined)?.HTTPStatusCode;
    const own = ($metadata as { httpStatusCode?: number }).httpStatusCode;
    // PutBucketPolicy and its like answer 204 or 200 by the release of S3.
    if (status !== undefined && !(status === 204 && own === 200)) assert.equal(own, status, `${label}: status`);
    return answer;
  }

  #refusal(error: Record<string, unknown>, recorded: Record<string, Json>, label: string): void {
    const { Code, Message, ...members } = recorded['Error'] as Record<string, string | null>;
    const status = (recorded['ResponseMetadata'] as { HTTPStatusCode: number }).HTTPStatusCode;
    assert.equal(
      (error['$metadata'] as { httpStatusCode: number }).httpStatusCode,
      status,
      `${label}: status, ${String(error['message'])}`,
    );
    // Answers to HEAD and 304 have no body: the client makes a code up.
    if (/^\d+$/.test(Code ?? '')) return;
    assert.equal(error['name'], Code, `${label}: ${String(error['message'])}`);
    this.#compare(error['message'], Message, `${label}: message`);
    for (const [name, value] of Object.entries(members)) {
      if (name === 'HostId' || name === 'RequestId' || value === null || name.includes('-')) continue;
      this.#compare(error[name], value, `${label}.${name}`);
    }
  }

  #compare(actual: unknown, recorded: Json, path: string): void {
    if (recorded === null || recorded === 'datetime' || recorded === '<expiration>') {
      if (recorded !== null) assert.ok(actual !== undefined, `${path} is there`);
    } else if (Array.isArray(recorded)) {
      assert.ok(Array.isArray(actual), `${path} is a list, not ${JSON.stringify(actual)}`);
      assert.equal(actual.length, recorded.length, `${path}: entries ${JSON.stringify(actual)}`);
      for (const [at, item] of recorded.entries()) this.#compare(actual[at], item, `${path}[${at}]`);
    } else if (typeof recorded === 'object') {
      assert.ok(typeof actual === 'object' && actual !== null, `${path} is there`);
      const own = actual as Record<string, unknown>;
      const names = Object.keys(recorded).filter((name) => name !== 'DisplayName');
      const more = Object.keys(own).filter(
        (name) => own[name] !== undefined && !names.includes(name) && !known.has(name),
      );
      assert.deepEqual(more, [], `${path}: members AWS does not answer`);
      for (const name of names) this.#compare(own[name], (recorded as Record<string, Json>)[name], `${path}.${name}`);
    } else if (typeof recorded === 'string') this.#text(actual, recorded, path);
    else if (/\.(?:Size|ContentLength|ObjectSize)$/.test(path)) assert.ok(actual !== undefined, `${path} is there`);
    else if (typeof actual === 'string') assert.equal(Number(actual), recorded, path);
    else assert.equal(actual, recorded, path);
  }

  #text(actual: unknown, recorded: string, path: string): void {
    // The recorded bodies and keys are not known, and this client has other defaults: what follows from them is there.
    if (/\.(?:ETag|Checksum[A-Z0-9]+|Body|Key|ContentType|EncodingType)$/.test(path))
      return void assert.ok(actual !== undefined, `${path} is there`);
    if (neutral.has(recorded)) return void assert.ok(actual !== undefined, `${path} is there`);
    const text = actual instanceof Date ? actual.toISOString() : String(actual);
    const names: string[] = [];
    const source = recorded
      .split(/(<[a-z0-9_-]+(?::\d+)?>|111111111111)/)
      .map((part, at) => {
        if (at % 2 === 0) return RegExp.escape(part);
        const name = part.slice(1, -1);
        const bound = this.#bound.get(name);
        if (bound !== undefined) return RegExp.escape(bound);
        names.push(name);
        return '(.+)';
      })
      .join('');
    const found = new RegExp(`^${source}$`, 's').exec(text);
    assert.ok(actual !== undefined && found !== null, `${path}: \`${text}\` instead of \`${recorded}\``);
    for (const [at, name] of names.entries()) if (name.includes(':')) this.#bound.set(name, found[at + 1] ?? '');
  }
}

/** Members that S3 answers since the recordings, or that the client adds. */
const known = new Set([
  'DisplayName',
  'BucketArn',
  '$metadata',
  'EncodingType',
  'ExpiresString',
  'AccessPointAlias',
  'BucketRegion',
]);

/** What the recorder put in place of values. */
const neutral = new Set([
  'bucket',
  'owner-id',
  'i-d',
  'display-name',
  'host-id',
  'continuation-token',
  'next-continuation-token',
  'date',
]);
