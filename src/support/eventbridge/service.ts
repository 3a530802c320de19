import { type Operations, unsupported } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import {
  CreateApiDestination,
  DeleteApiDestination,
  DescribeApiDestination,
  ListApiDestinations,
  UpdateApiDestination,
} from './api-destinations.ts';
import { clearHeld, dropExpired } from './archive-keeping.ts';
import { CreateArchive, DeleteArchive, DescribeArchive, ListArchives, UpdateArchive } from './archives.ts';
import { authoriseConnection } from './authorisation-run.ts';
import { PutPermission, RemovePermission } from './bus-policy.ts';
import { CreateEventBus, DeleteEventBus, DescribeEventBus, ListEventBuses, UpdateEventBus } from './buses.ts';
import {
  CreateConnection,
  DeauthorizeConnection,
  DeleteConnection,
  DescribeConnection,
  ListConnections,
  UpdateConnection,
} from './connections.ts';
import { deliverAll } from './deliver.ts';
import { deliverLater } from './later.ts';
import { PutEvents } from './put-events.ts';
import {
  archived,
  archiveSizes,
  archives,
  buses,
  connections,
  destinations,
  replays,
  ruleSets,
  rules,
} from './records.ts';
import { runReplay } from './replay-run.ts';
import { CancelReplay, DescribeReplay, ListReplays, StartReplay } from './replays.ts';
import { runRule } from './rule-schedule.ts';
import {
  DeleteRule,
  DescribeRule,
  DisableRule,
  EnableRule,
  ListRuleNamesByTarget,
  ListRules,
  PutRule,
} from './rules.ts';
import { takeServiceEvents } from './service-events.ts';
import { ListTagsForResource, TagResource, UntagResource } from './tags.ts';
import { ListTargetsByRule, PutTargets, RemoveTargets } from './targets.ts';
import { TestEventPattern } from './test-pattern.ts';

const partner = unsupported('there are no partners whose events could be bought');
const global = unsupported('an installation has no second Region to fail over to');

const operations = {
  ActivateEventSource: partner,
  CancelReplay,
  CreateApiDestination,
  CreateArchive,
  CreateConnection,
  CreateEndpoint: global,
  CreateEventBus,
  CreatePartnerEventSource: partner,
  DeactivateEventSource: partner,
  DeauthorizeConnection,
  DeleteApiDestination,
  DeleteArchive,
  DeleteConnection,
  DeleteEndpoint: global,
  DeleteEventBus,
  DeletePartnerEventSource: partner,
  DeleteRule,
  DescribeApiDestination,
  DescribeArchive,
  DescribeConnection,
  DescribeEndpoint: global,
  DescribeEventBus,
  DescribeEventSource: partner,
  DescribePartnerEventSource: partner,
  DescribeReplay,
  DescribeRule,
  DisableRule,
  EnableRule,
  ListApiDestinations,
  ListArchives,
  ListConnections,
  ListEndpoints: global,
  ListEventBuses,
  ListEventSources: partner,
  ListPartnerEventSourceAccounts: partner,
  ListPartnerEventSources: partner,
  ListReplays,
  ListRuleNamesByTarget,
  ListRules,
  ListTagsForResource,
  ListTargetsByRule,
  PutEvents,
  PutPartnerEvents: partner,
  PutPermission,
  PutRule,
  PutTargets,
  RemovePermission,
  RemoveTargets,
  StartReplay,
  TagResource,
  TestEventPattern,
  UntagResource,
  UpdateApiDestination,
  UpdateArchive,
  UpdateConnection,
  UpdateEndpoint: global,
  UpdateEventBus,
} satisfies Operations<'events'>;

export const eventBridge: Service = {
  name: 'events',
  prefix: 'events',
  host: 'events.amazonaws.com',
  operations,
  collections: [archived, archiveSizes, archives, buses, connections, destinations, replays, ruleSets, rules],
  jobs: {
    authorise: { slow: authoriseConnection },
    'clear-archive': clearHeld,
    http: { slow: deliverLater },
    replay: runReplay,
    retention: dropExpired,
    retry: deliverLater,
    schedule: runRule,
  },
  subscribers: { event: takeServiceEvents, 'events/delivery': deliverAll },
};
