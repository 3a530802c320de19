import { describeError } from '../described-error.ts';
import { queryReader } from '../formats/query-read.ts';
import { formPairs, queryTree } from '../formats/query-tree.ts';
import { escapeXml, xmlMembers } from '../formats/xml-write.ts';
import type { OperationModel, ServiceModel } from '../model/shape.ts';
import type { Protocol } from '../protocol.ts';
import { formText } from './form-text.ts';
import { queryErrorElement } from './query-error.ts';
import { refusing } from './refusing.ts';

const writers = new WeakMap<OperationModel, (output: unknown, requestId: string) => string>();

/** awsQuery: `Action=…&Version=…` as a form (or in the URL) in, XML out. */
export const awsQuery: Protocol = {
  name: 'aws-query',
  decode(op, request) {
    return refusing('MalformedInput', () => {
      const tree = queryTree(formPairs(formText(request, op.compressible)));
      return op.input === undefined ? {} : (queryReader(op.input, 'query')(tree) as Record<string, unknown>);
    });
  },
  encode(op, output, requestId) {
    return { status: 200, headers: head(requestId), body: writerOf(op)(output, requestId) };
  },
  encodeError(service, op, error, requestId) {
    const described = describeError(service, op, error, 'query');
    const namespace = service === undefined ? '' : ` xmlns="${namespaceOf(service)}"`;
    const body = `<ErrorResponse${namespace}>${queryErrorElement(described, 'seconds')}<RequestId>${escapeXml(requestId)}</RequestId></ErrorResponse>`;
    return { status: described.status, headers: head(requestId), body };
  },
};

function head(requestId: string): Record<string, string> {
  return { 'x-amzn-RequestId': requestId, 'content-type': 'text/xml' };
}

/** Services that have left the query protocol (SQS) lost their namespace in the model; it follows the common form. */
function namespaceOf(service: ServiceModel): string {
  return service.xmlNamespace ?? `http://${service.endpointPrefix}.amazonaws.com/doc/${service.apiVersion}/`;
}

function writerOf(op: OperationModel): (output: unknown, requestId: string) => string {
  const known = writers.get(op);
  if (known !== undefined) return known;
  const result = op.resultWrapper ?? `${op.name}Result`;
  const content = op.output === undefined ? undefined : xmlMembers(op.output.members, 'seconds');
  const open = `<${op.name}Response xmlns="${namespaceOf(op.service)}">`;
  const write = (output: unknown, requestId: string) => {
    const inner = content === undefined ? '' : `<${result}>${content(output)}</${result}>`;
    return `${open}${inner}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${op.name}Response>`;
  };
  writers.set(op, write);
  return write;
}
