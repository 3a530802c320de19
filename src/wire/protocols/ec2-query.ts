import { describeError } from '../described-error.ts';
import { queryReader } from '../formats/query-read.ts';
import { formPairs, queryTree } from '../formats/query-tree.ts';
import { escapeXml, xmlMembers } from '../formats/xml-write.ts';
import type { OperationModel } from '../model/shape.ts';
import type { Protocol } from '../protocol.ts';
import { formText } from './form-text.ts';
import { codeAndMessage } from './query-error.ts';
import { refusing } from './refusing.ts';

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const writers = new WeakMap<OperationModel, (output: unknown, requestId: string) => string>();

/** EC2's dialect of the query protocol: capitalised parameters, flat lists, no result wrapper, its own error form. */
export const ec2Query: Protocol = {
  name: 'ec2-query',
  decode(op, request) {
    return refusing('InvalidParameterValue', () => {
      const tree = queryTree(formPairs(formText(request, op.compressible)));
      return op.input === undefined ? {} : (queryReader(op.input, 'ec2')(tree) as Record<string, unknown>);
    });
  },
  encode(op, output, requestId) {
    return { status: 200, headers: head(requestId), body: writerOf(op)(output, requestId) };
  },
  encodeError(service, op, error, requestId) {
    const described = describeError(service, op, error, 'ec2');
    const body = `${declaration}<Response><Errors><Error>${codeAndMessage(described)}</Error></Errors><RequestID>${escapeXml(requestId)}</RequestID></Response>`;
    return { status: described.status, headers: head(requestId), body };
  },
};

function head(requestId: string): Record<string, string> {
  return { 'x-amzn-RequestId': requestId, 'content-type': 'text/xml;charset=UTF-8' };
}

function writerOf(op: OperationModel): (output: unknown, requestId: string) => string {
  const known = writers.get(op);
  if (known !== undefined) return known;
  const content = op.output === undefined ? undefined : xmlMembers(op.output.members, 'millis');
  // The model's namespace has no final slash; EC2's answers do.
  const namespace = (op.service.xmlNamespace ?? '').replace(/\/?$/, '/');
  const open = `${declaration}<${op.name}Response xmlns="${namespace}"><requestId>`;
  const write = (output: unknown, requestId: string) => {
    // Calls without output answer `<return>true</return>`.
    const inner = content === undefined ? '<return>true</return>' : content(output);
    return `${open}${requestId}</requestId>${inner}</${op.name}Response>`;
  };
  writers.set(op, write);
  return write;
}
