import { type DescribedError, isMessage } from '../described-error.ts';
import type { JsonNames } from '../formats/json-read.ts';
import { jsonMembersWriter } from '../formats/json-write.ts';
import type { ServiceModel } from '../model/shape.ts';

/** Headers of an error answer of the JSON and CBOR families. */
export function errorHead(
  service: ServiceModel | undefined,
  error: DescribedError,
  requestId: string,
): Record<string, string> {
  const head: Record<string, string> = { 'x-amzn-RequestId': requestId };
  if (service?.queryCompatible === true)
    head['x-amzn-query-error'] = `${error.queryCode};${error.server ? 'Receiver' : 'Sender'}`;
  return head;
}

/** `{"__type":"…","message":"…", further members}`; the type is left out where a header carries it. */
export function jsonErrorBody(error: DescribedError, names: JsonNames, typePrefix: string | undefined): string {
  const type = typePrefix === undefined ? '' : `"__type":${JSON.stringify(typePrefix + error.code)},`;
  const messageName = names === 'member' ? error.messageName : error.restMessageName;
  const body = `{${type}${JSON.stringify(messageName)}:${JSON.stringify(error.message)}}`;
  if (error.shape === undefined) return body;
  const members = error.shape.members.filter((m) => !isMessage(m) && m.location === undefined);
  const extra = jsonMembersWriter(members, names)(error.members);
  return extra === '{}' ? body : `${body.slice(0, -1)},${extra.slice(1)}`;
}
