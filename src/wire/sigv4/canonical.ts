/**
 * The canonical form of a request, as Signature Version 4 hashes it.
 *
 * Strings are as they came from the socket: one UTF-16 unit per byte.
 * Source: AWS "Create a signed AWS API request", step 1; S3 API reference, "Signature Calculations for the Authorization Header".
 */

/** Services that sign the path as it is sent; all others normalise it and encode it a second time. */
const RAW_PATH_SERVICES: ReadonlySet<string> = new Set(['s3', 's3express', 's3-outposts', 's3-object-lambda']);

/** True for the services with S3's rules: raw path, unsigned and streamed payloads. */
export function signsLikeS3(service: string): boolean {
  return RAW_PATH_SERVICES.has(service);
}

const CLEAN_COMPONENT = /^[A-Za-z0-9\-._~]*$/;
const CLEAN_PATH = /^[A-Za-z0-9\-._~/]*$/;
const ESCAPE = /^%[0-9A-Fa-f]{2}/;

/** `decode`: existing escapes are understood (and rewritten), else their `%` is data. */
function percentEncode(
  text: string,
  rules: { readonly decode: boolean; readonly form: boolean; readonly keep: string },
) {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (rules.decode && char === '%' && ESCAPE.test(text.slice(i, i + 3))) {
      const byte = String.fromCharCode(Number.parseInt(text.slice(i + 1, i + 3), 16));
      out += CLEAN_COMPONENT.test(byte) ? byte : text.slice(i, i + 3).toUpperCase();
      i += 2;
    } else if (rules.form && char === '+') {
      out += '%20';
    } else if (CLEAN_COMPONENT.test(char) || rules.keep.includes(char)) {
      out += char;
    } else {
      out += `%${(char.charCodeAt(0) & 0xff).toString(16).toUpperCase().padStart(2, '0')}`;
    }
  }
  return out;
}

function withoutDotSegments(path: string): string {
  if (!path.includes('//') && !path.includes('/.')) return path;
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(segment);
  }
  return `/${kept.join('/')}${kept.length > 0 && path.endsWith('/') ? '/' : ''}`;
}

/**
 * @param path as sent, percent-encoded
 * @example canonicalPath('/a%20b', 's3') // '/a%20b'
 * @example canonicalPath('/a%20b', 'iam') // '/a%2520b'
 */
export function canonicalPath(path: string, service: string): string {
  if (path === '') return '/';
  if (signsLikeS3(service)) {
    return CLEAN_PATH.test(path) ? path : percentEncode(path, { decode: true, form: false, keep: '/' });
  }
  const normal = withoutDotSegments(path);
  return CLEAN_PATH.test(normal) ? normal : percentEncode(normal, { decode: false, form: false, keep: '/' });
}

function canonicalComponent(text: string): string {
  return CLEAN_COMPONENT.test(text) ? text : percentEncode(text, { decode: true, form: true, keep: '' });
}

/** Parameters of a query in the order sent, names and values in canonical encoding. */
export function queryParameters(query: string): [name: string, value: string][] {
  const parameters: [string, string][] = [];
  for (const piece of query.split('&')) {
    if (piece === '') continue;
    const equals = piece.indexOf('=');
    const [name, value] = equals === -1 ? [piece, ''] : [piece.slice(0, equals), piece.slice(equals + 1)];
    parameters.push([canonicalComponent(name), canonicalComponent(value)]);
  }
  return parameters;
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Sorted by encoded name, then by value (not by the whole `name=value`: `=` sorts after `-` and the digits). */
export function canonicalQuery(query: string, without?: string): string {
  if (query === '') return '';
  return queryParameters(query)
    .filter(([name]) => name !== without)
    .sort((a, b) => order(a[0], b[0]) || order(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

// ASCII only: in a byte string 0xA0 is the second half of `à`, not a space.
const UNTIDY = /^ | $| {2}|[\t\n\v\f\r]/;

function canonicalHeaderValue(value: string): string {
  if (!UNTIDY.test(value)) return value;
  return value.replace(/[ \t\n\v\f\r]+/g, ' ').replace(/^ | $/g, '');
}

/** What of a request goes under the signature. */
export type CanonicalInput = {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
};

/**
 * The text whose digest is signed.
 *
 * @param signedHeaders lower-case names, ascending
 * @param payloadHash hex digest of the body, or one of the words for streamed and unsigned bodies
 * @param presigned the query's own `X-Amz-Signature` is left out; in any other request it is data like the rest
 */
export function canonicalRequest(
  request: CanonicalInput,
  service: string,
  signedHeaders: readonly string[],
  payloadHash: string,
  presigned: boolean,
): string {
  let headers = '';
  for (const name of signedHeaders) headers += `${name}:${canonicalHeaderValue(request.headers[name] ?? '')}\n`;
  const path = canonicalPath(request.path, service);
  const query = canonicalQuery(request.query, presigned ? 'X-Amz-Signature' : undefined);
  return `${request.method}\n${path}\n${query}\n${headers}\n${signedHeaders.join(';')}\n${payloadHash}`;
}
