import type { Operations } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import { LookupEvents } from './lookup.ts';

/** CloudTrail reads the audit record. Trails and their deliveries come with the services they deliver to. */
const operations = { LookupEvents } satisfies Partial<Operations<'cloudtrail'>>;

export const cloudTrail: Service = {
  name: 'cloudtrail',
  prefix: 'cloudtrail',
  host: 'cloudtrail.amazonaws.com',
  operations,
  collections: [],
};
