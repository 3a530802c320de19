import { collection } from '#runtime/collection.ts';
import type { PublicAccessBlock } from '../records.ts';

/** Block Public Access of a whole account. Id: always `accountAccessId`. */
export const accountAccess = collection<PublicAccessBlock>('s3control/public-access-block', 'global');
export const accountAccessId = 'account';
