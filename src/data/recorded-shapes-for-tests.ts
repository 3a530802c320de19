import { strict as assert } from 'node:assert';
import type { WireRequest } from '#wire/message.ts';
import { loadModel } from '#wire/model/load.ts';
import { awsJson } from '#wire/protocols/aws-json.ts';
import { readRecorded } from './recordings-for-tests.ts';

/** One answer of AWS, with the test that recorded it. */
export type RecordedAnswer = {
  readonly test: string;
  readonly operation: string;
  readonly data: Readonly<Record<string, unknown>>;
};

type Line = RecordedAnswer & { readonly service: string; readonly status_code: number };

/** The successful answers of a service; undefined where the recordings are not installed. */
export function recordedAnswers(service: string): readonly RecordedAnswer[] | undefined {
  const text = readRecorded('responses-by-operation.jsonl.gz');
  const lines = text?.trimEnd().split('\n');
  return lines
    ?.map((line) => JSON.parse(line) as Line)
    .filter((line) => line.service === service && line.status_code === 200);
}

const request: WireRequest = { method: 'POST', path: '/', query: '', headers: {}, body: new Uint8Array() };

/**
 * Writes a recorded answer with the encoder of our own answers: each member arrives, as the same type.
 *
 * @throws AssertionError for a member that the model lacks or holds as another type
 */
export function encodesAlike(service: string, { operation, data }: RecordedAnswer): void {
  const model = loadModel(service).operations.get(operation);
  assert.ok(model !== undefined, `the model has \`${operation}\``);
  const { ResponseMetadata, ...members } = data;
  const { body } = awsJson.encode(model, given(members) as Record<string, unknown>, 'request-1', request);
  assert.ok(typeof body === 'string');
  assert.deepEqual(body === '' ? {} : JSON.parse(body), onWire(members), operation);
}

type RecordedTime = { readonly __class__: 'datetime' } & Readonly<
  Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'microsecond', number>
>;

/** Recorded values in the form in which operations answer: dates. */
function given(value: unknown): unknown {
  return mapped(value, (time) => new Date(milliseconds(time)));
}

/** Recorded values as they stand in JSON: seconds since the epoch. */
function onWire(value: unknown): unknown {
  return mapped(value, (time) => milliseconds(time) / 1_000);
}

function mapped(value: unknown, time: (recorded: RecordedTime) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapped(item, time));
  if (typeof value !== 'object' || value === null) return value;
  if ('__class__' in value) return time(value as RecordedTime);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapped(item, time)]));
}

function milliseconds({ year, month, day, hour, minute, second, microsecond }: RecordedTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second, Math.floor(microsecond / 1_000));
}
