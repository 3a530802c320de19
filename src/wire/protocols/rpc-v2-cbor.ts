import { describeError, isMessage } from '../described-error.ts';
import { cborDecode } from '../formats/cbor-read.ts';
import { cborEncode, cborMembers } from '../formats/cbor-write.ts';
import { jsonReader } from '../formats/json-read.ts';
import type { Protocol } from '../protocol.ts';
import { wholeBody } from '../request-body.ts';
import { errorHead } from './json-error.ts';
import { refusing } from './refusing.ts';

/** Smithy RPC v2 CBOR: service and operation in the path, CBOR bodies, `smithy-protocol` on both sides. */
export const rpcV2Cbor: Protocol = {
  name: 'rpc-v2-cbor',
  decode(op, request) {
    return refusing('SerializationException', () => {
      const bytes = wholeBody(request, op.compressible);
      const value = bytes.length === 0 ? {} : cborDecode(bytes);
      return op.input === undefined ? {} : (jsonReader(op.input, 'cbor')(value, 0) as Record<string, unknown>);
    });
  },
  encode(op, output, requestId) {
    const body = op.output === undefined ? new Uint8Array() : cborEncode(op.output, output);
    return { status: 200, headers: head(requestId), body };
  },
  encodeError(service, op, error, requestId) {
    const described = describeError(service, op, error, 'json');
    const type = service === undefined ? described.code : `com.amazonaws.${service.name}#${described.code}`;
    const texts: [string, string][] = [
      ['__type', type],
      [described.messageName, described.message],
    ];
    const members = described.shape?.members.filter((m) => !isMessage(m)) ?? [];
    const body = cborMembers(texts, members, described.members);
    return {
      status: described.status,
      headers: { ...head(requestId), ...errorHead(service, described, requestId) },
      body,
    };
  },
};

function head(requestId: string): Record<string, string> {
  return { 'x-amzn-RequestId': requestId, 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' };
}
