import type { WireRequest } from '../message.ts';
import { utf8Text, wholeBody } from '../request-body.ts';

/** The parameters of a query call: the form body, and those in the URL before it (presigned and GET calls). @throws Malformed */
export function formText(request: WireRequest, compressible: boolean): string {
  const body = utf8Text(wholeBody(request, compressible)).trim();
  if (request.query === '') return body;
  return body === '' ? request.query : `${request.query}&${body}`;
}
