import type { Operations } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import { deliverFiles } from './deliver-files.ts';
import { deliverLogs } from './deliver-logs.ts';
import { GetEventSelectors, PutEventSelectors } from './event-selectors.ts';
import { GetInsightSelectors } from './insight-selectors.ts';
import { GetTrailStatus, StartLogging, StopLogging } from './logging.ts';
import { LookupEvents } from './lookup.ts';
import { ListPublicKeys } from './public-keys.ts';
import {
  chains,
  filePositions,
  files,
  logPositions,
  receipts,
  signingKeys,
  statuses,
  told,
  toldPosition,
  trails,
} from './records.ts';
import { AddTags, ListTags, RemoveTags } from './tags.ts';
import { tellEvents } from './tell-events.ts';
import { CreateTrail, DeleteTrail, DescribeTrails, GetTrail, ListTrails, UpdateTrail } from './trails.ts';
import { keepRuntime } from './units.ts';
import { unsupportedOperations } from './unsupported.ts';
import { writeDigests } from './write-digests.ts';

/** CloudTrail: looks events up, and delivers them by trails. */
const operations = {
  ...unsupportedOperations,
  AddTags,
  CreateTrail,
  DeleteTrail,
  DescribeTrails,
  GetEventSelectors,
  GetInsightSelectors,
  GetTrail,
  GetTrailStatus,
  ListPublicKeys,
  ListTags,
  ListTrails,
  LookupEvents,
  PutEventSelectors,
  RemoveTags,
  StartLogging,
  StopLogging,
  UpdateTrail,
} satisfies Operations<'cloudtrail'>;

export const cloudTrail: Service = {
  name: 'cloudtrail',
  prefix: 'cloudtrail',
  host: 'cloudtrail.amazonaws.com',
  operations,
  collections: [
    chains,
    filePositions,
    files,
    logPositions,
    receipts,
    signingKeys,
    statuses,
    told,
    toldPosition,
    trails,
  ],
  jobs: {
    deliver: { slow: deliverFiles },
    'deliver-logs': { slow: deliverLogs },
    digest: { slow: writeDigests },
    tell: { slow: tellEvents },
  },
  start: keepRuntime,
};
