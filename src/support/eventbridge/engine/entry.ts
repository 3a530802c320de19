import { tooDeep } from './event-fields.ts';
import { compactJson } from './json-text.ts';

/** An entry of PutEvents. `time` in ms. */
export type PutEntry = {
  readonly source?: string | undefined;
  readonly detailType?: string | undefined;
  readonly detail?: string | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly time?: number | undefined;
};

export type EntryError = { readonly code: string; readonly message: string };

/** Bytes that the entries of one call may have together (model, "PutEvents"). */
export const maxBytes = 256 * 1024;
const maxDetailType = 128;
/** Bytes that count for a time (user guide, "Calculating PutEvents event entry size"). */
const timeBytes = 14;

/** What an entry counts, in bytes. */
export function entryBytes({ source, detailType, detail, resources = [], time }: PutEntry): number {
  const texts = [source, detailType, detail, ...resources];
  return texts.reduce((sum, text) => sum + utf8Length(text ?? ''), time === undefined ? 0 : timeBytes);
}

/** An event that may go on a bus: the parts that its envelope is made of. */
export type Accepted = {
  readonly source: string;
  readonly detailType: string;
  /** JSON without spaces between its tokens. */
  readonly detailText: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly resources: readonly string[];
};

/** Checks an entry. Codes and texts are AWS's (recordings; model, "PutEventsResultEntry"). */
export function checkEntry(entry: PutEntry): Accepted | EntryError {
  const { source, detailType, detail, resources = [] } = entry;
  for (const [name, value] of [
    ['Source', source],
    ['DetailType', detailType],
    ['Detail', detail],
  ] as const) {
    if (value === undefined || value === '') {
      return invalid(`Parameter ${name} is not valid. Reason: ${name} is a required argument.`);
    }
  }
  if (source === undefined || detailType === undefined || detail === undefined) return invalid('');
  if (source.startsWith('aws.')) {
    return { code: 'NotAuthorizedForSourceException', message: 'Not authorized for the source.' };
  }
  if (detailType.length > maxDetailType) {
    return invalid(`Parameter DetailType is not valid. Reason: expected at most ${maxDetailType} characters.`);
  }
  const parsed = parseDetail(detail);
  if (parsed === undefined) return { code: 'MalformedDetail', message: 'Detail is malformed.' };
  return { source, detailType, detailText: compactJson(detail), detail: parsed, resources };
}

function invalid(message: string): EntryError {
  return { code: 'InvalidArgument', message };
}

function parseDetail(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value) || tooDeep(value)) return undefined;
    return value as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
