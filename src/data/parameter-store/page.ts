import { ServiceError } from '#wire/service-error.ts';

/** Turns the place where a page ended into a token that clients don't read. */
export function tokenOf(last: string): string {
  return Buffer.from(`1:${last}`).toString('base64url');
}

/** The place behind a token; undefined at the beginning. @throws ServiceError InvalidNextToken */
export function placeIn(token: string | undefined): string | undefined {
  if (token === undefined || token === '') return undefined;
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith('1:')) throw new ServiceError('InvalidNextToken', 'The specified token is not valid.');
  return text.slice(2);
}
