import type { ServiceError } from '#wire/service-error.ts';
import { authenticationError, type ProtocolFamily } from './authentication-error.ts';
import type { CredentialScope } from './signing-key.ts';

/** Where a claim stands and who will read the refusal. */
export type ClaimPlace = { readonly kind: 'header' | 'presigned'; readonly family: ProtocolFamily };

export type Credential = CredentialScope & { readonly accessKeyId: string };

/** A refusal whose text depends on the family: S3 words its own. */
export function malformedClaim(place: ClaimPlace, text: string, s3Text: string): ServiceError {
  const failure = place.kind === 'header' ? 'malformedHeader' : 'malformedQuery';
  if (place.family !== 's3') return authenticationError(failure, place.family, { message: text });
  const prefix =
    place.kind === 'header'
      ? 'The authorization header is malformed; '
      : 'Error parsing the X-Amz-Credential parameter; ';
  return authenticationError(failure, 's3', { message: prefix + s3Text });
}

function wrongScope(place: ClaimPlace, text: string, s3Text: string): ServiceError {
  if (place.family === 's3') return malformedClaim(place, text, s3Text);
  return authenticationError('scopeMismatch', place.family, { message: text });
}

const S3_FORM = 'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".';

/**
 * Takes `keyid/date/region/service/aws4_request` apart.
 *
 * @param amzDate the request's date, `YYYYMMDDTHHMMSSZ`; the scope must be of the same day
 * @throws ServiceError
 */
export function parseCredential(text: string, amzDate: string, place: ClaimPlace): Credential {
  // A presigned credential was percent-decoded: no newline may reach the string to sign or the key cache.
  if (!/^[\x21-\x7e]*$/.test(text)) throw malformedClaim(place, 'Credential must be printable ASCII.', S3_FORM);
  const [accessKeyId, date, region, service, terminator, ...rest] = text.split('/');
  if (
    accessKeyId === undefined ||
    date === undefined ||
    region === undefined ||
    service === undefined ||
    terminator === undefined ||
    rest.length > 0
  ) {
    const form = 'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term';
    throw malformedClaim(place, `${form}, got '${text}'`, S3_FORM);
  }
  if (accessKeyId === '') {
    const empty = 'a non-empty Access Key (AKID) must be provided in the credential.';
    throw malformedClaim(place, empty, empty);
  }
  if (terminator !== 'aws4_request') {
    const wanted = `Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'.`;
    throw wrongScope(place, wanted, S3_FORM);
  }
  if (region === '') throw wrongScope(place, 'Credential should be scoped to a valid region. ', S3_FORM);
  const day = amzDate.slice(0, 8);
  if (date !== day) {
    throw wrongScope(
      place,
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        `'${date}' != '${day}', from '${amzDate}'.`,
      `Invalid credential date "${date}". This date is not the same as X-Amz-Date: "${day}".`,
    );
  }
  return { accessKeyId, date, region, service };
}

const HEADER_NAME = /^[a-z0-9!#$%&'*+\-.^_`|~]+$/;

/**
 * Splits the list of signed headers: lower-case names in ascending order, each once.
 *
 * @throws ServiceError
 */
export function parseSignedHeaders(text: string, place: ClaimPlace): readonly string[] {
  const names = text.split(';');
  let previous = '';
  for (const name of names) {
    if (!HEADER_NAME.test(name) || name <= previous) {
      const problem = 'SignedHeaders must be lower-case header names in ascending order, separated by semicolons.';
      throw malformedClaim(place, problem, problem);
    }
    previous = name;
  }
  return names;
}
