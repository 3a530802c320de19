import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { signingKeysIn } from './signing-key.ts';

export const ListPublicKeys: Operation<'ListPublicKeys'> = {
  resource: () => '*',
  handle: async ({ StartTime, EndTime, NextToken }, ctx) => {
    // A Region has one key a year: there is never a second page.
    if (NextToken !== undefined) throw new ServiceError('InvalidTokenException', 'The token is not valid.');
    const from = StartTime?.getTime() ?? ctx.now;
    const to = EndTime?.getTime() ?? Math.max(ctx.now, from);
    if (from > to) {
      throw new ServiceError('InvalidTimeRangeException', 'The start time must be before the end time.');
    }
    const keys = await signingKeysIn(ctx, from, to);
    return {
      PublicKeyList: keys.map((key) => ({
        Value: Buffer.from(key.publicKey, 'base64'),
        ValidityStartTime: new Date(key.from),
        ValidityEndTime: new Date(key.to),
        Fingerprint: key.fingerprint,
      })),
    };
  },
};
