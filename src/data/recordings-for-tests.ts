import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** What AWS answered, by the label that the recording gives each answer. Values that vary are placeholders. */
export type Recording = Readonly<Record<string, unknown>>;

const reference = join(
  process.env.RINGWALL_SHARED ?? join(import.meta.dirname, '../../../shared'),
  'reference/aws-recordings',
);

/** A file of the recordings; undefined where they are not installed. */
export function readRecorded(file: string): string | undefined {
  const path = join(reference, file);
  return existsSync(path) ? gunzipSync(readFileSync(path)).toString() : undefined;
}

/** The recorded cases of a service by name, without the path of the test that recorded them: `test_create_key`. */
export function readRecordings(service: string): ReadonlyMap<string, Recording> | undefined {
  const text = readRecorded(`${service}.json.gz`);
  if (text === undefined) return undefined;
  const cases = Object.entries(JSON.parse(text) as Record<string, Recording>);
  return new Map(cases.map(([name, recording]) => [name.slice(name.lastIndexOf('::') + 2), recording]));
}

/** Splits `test_name[a-b]` into the name and what is in the brackets. */
export function parsedName(name: string): { readonly base: string; readonly parameter: string } {
  const [, base = name, parameter = ''] = /^([^[]*)(?:\[(.*)\])?$/.exec(name) ?? [];
  return { base, parameter };
}

type Answer = { readonly $metadata: { readonly httpStatusCode?: number } };
type Failure = Error & Partial<Answer>;

/** An SDK answer in the form of the recordings. */
export function asRecorded({ $metadata, ...members }: Answer): object {
  return { ...members, ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: $metadata.httpStatusCode } };
}

/** What a refused call threw, in the form of the recordings. The client puts a text of its own where AWS sends none. */
export function failureAsRecorded({ name, message, $metadata }: Failure): object {
  const Message = message === 'UnknownError' || message === name ? '' : message;
  return {
    Error: { Code: name, Message },
    ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: $metadata?.httpStatusCode },
  };
}

/** Ends a replay that was not refused. */
export async function refusalOf(call: Promise<unknown>): Promise<object> {
  return call.then(
    () => assert.fail('the call succeeded where AWS refused it'),
    (error: Failure) => failureAsRecorded(error),
  );
}
