import { collection } from '#runtime/collection.ts';
import type { Records } from '#runtime/records.ts';
import type { Input, Target } from './api.ts';
import type { BusReference } from './names.ts';

export type Tags = Readonly<Record<string, string>>;

export type BusRow = {
  readonly name: string;
  readonly description: string | undefined;
  readonly kmsKey: string | undefined;
  readonly deadLetter: string | undefined;
  readonly log: Input<'CreateEventBus'>['LogConfig'];
  /** Principals pinned. */
  readonly policy: string | undefined;
  readonly tags: Tags;
  /** Undefined for a default bus that nobody changed yet. */
  readonly created: number | undefined;
  readonly modified: number | undefined;
};

export type RuleRow = {
  readonly name: string;
  readonly bus: string;
  readonly arn: string;
  readonly pattern: string | undefined;
  readonly schedule: string | undefined;
  readonly state: NonNullable<Input<'PutRule'>['State']>;
  readonly description: string | undefined;
  readonly roleArn: string | undefined;
  readonly createdBy: string;
  readonly tags: Tags;
  readonly targets: readonly Target[];
};

export type ArchiveRow = {
  readonly name: string;
  readonly bus: string;
  readonly description: string | undefined;
  readonly pattern: string | undefined;
  /** 0: for ever. */
  readonly retentionDays: number;
  readonly kmsKey: string | undefined;
  readonly created: number;
};

/** How much an archive holds; apart from the archive, since each event changes it. */
export type ArchiveSizeRow = { readonly events: number; readonly bytes: number };

/** An event in an archive. Times in ms. */
export type ArchivedRow = { readonly text: string; readonly time: number; readonly kept: number };

export type ReplayRow = {
  readonly name: string;
  readonly description: string | undefined;
  readonly archive: string;
  readonly bus: string;
  readonly filterArns: readonly string[] | undefined;
  readonly state: 'STARTING' | 'RUNNING' | 'CANCELLING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  readonly stateReason: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly started: number;
  readonly ended: number | undefined;
  readonly lastReplayed: number | undefined;
};

/** A connection with its secrets; these are never answered. */
export type ConnectionRow = {
  readonly name: string;
  readonly id: string;
  readonly description: string | undefined;
  readonly type: Input<'CreateConnection'>['AuthorizationType'];
  readonly auth: Input<'CreateConnection'>['AuthParameters'];
  readonly secretArn: string;
  readonly kmsKey: string | undefined;
  readonly state: 'AUTHORIZED' | 'AUTHORIZING' | 'DEAUTHORIZED';
  readonly stateReason: string | undefined;
  readonly created: number;
  readonly modified: number;
  readonly authorized: number | undefined;
};

export type DestinationRow = {
  readonly name: string;
  readonly id: string;
  readonly description: string | undefined;
  readonly connection: string;
  readonly endpoint: string;
  readonly method: Input<'CreateApiDestination'>['HttpMethod'];
  /** Requests a second. */
  readonly rate: number;
  readonly created: number;
  readonly modified: number;
};

/** Id: the name. */
export const buses = collection<BusRow>('events/bus', 'regional');
/** Id: `bus|name`. */
export const rules = collection<RuleRow>('events/rule', 'regional', {
  'by-target': ({ bus, targets }) => [...new Set(targets.map(({ Arn }) => `${bus}|${Arn}`))],
});
/** Changes with the patterns on a bus, whose name is the id: compiled patterns are kept by it. */
export const ruleSets = collection<{ readonly revision: string }>('events/rule-set', 'regional');
/** Id: the name. */
export const archives = collection<ArchiveRow>('events/archive', 'regional', { 'by-bus': ({ bus }) => [bus] });
/** Id: the archive's name. */
export const archiveSizes = collection<ArchiveSizeRow>('events/archive-size', 'regional');
/** Id: `archive|time of the event|event id`. */
export const archived = collection<ArchivedRow>('events/archived', 'regional', {
  'by-kept': ({ kept }, id) => [keptKey(id.slice(0, id.indexOf('|')), kept)],
});
/** Id: the name. */
export const replays = collection<ReplayRow>('events/replay', 'regional', {
  'by-activity': ({ ended }) => [ended === undefined ? 'active' : 'ended'],
});
/** Id: the name. */
export const connections = collection<ConnectionRow>('events/connection', 'regional');
/** Id: the name. */
export const destinations = collection<DestinationRow>('events/api-destination', 'regional', {
  'by-connection': ({ connection }) => [connection],
});

export function ruleId(bus: string, rule: string): string {
  return `${bus}|${rule}`;
}

export function archivedId(archive: string, time: number, event: string): string {
  return `${archive}|${String(time).padStart(15, '0')}|${event}`;
}

/** Index key of events by when they came into the archive, ms. */
export function keptKey(archive: string, kept: number): string {
  return `${archive}|${String(kept).padStart(15, '0')}`;
}

/** The default bus exists in every account and Region. */
const defaultBus: BusRow = {
  name: 'default',
  description: undefined,
  kmsKey: undefined,
  deadLetter: undefined,
  log: undefined,
  policy: undefined,
  tags: {},
  created: undefined,
  modified: undefined,
};

export async function findBus(records: Records, bus: BusReference): Promise<BusRow | undefined> {
  return (await records.at(bus).get(buses, bus.name)) ?? (bus.name === 'default' ? defaultBus : undefined);
}

export function findRule(records: Records, bus: BusReference, rule: string): Promise<RuleRow | undefined> {
  return records.at(bus).get(rules, ruleId(bus.name, rule));
}
