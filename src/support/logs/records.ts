import { collection } from '#runtime/collection.ts';
import type { Batch } from './engine/layout.ts';

/** A log group. */
export type GroupRow = {
  readonly name: string;
  /** Its own for life: streams and events of a deleted group are never those of the next one of this name. */
  readonly id: string;
  readonly created: number;
  readonly logClass: 'STANDARD' | 'INFREQUENT_ACCESS' | 'DELIVERY';
  readonly retentionDays: number | undefined;
  readonly deletionProtected: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** The KMS key for what comes in, with the data key that is in use. */
  readonly key: { readonly keyArn: string; readonly dataKey: string } | undefined;
  readonly metricFilters: number;
  readonly subscriptionFilters: number;
};

export type StreamRow = {
  readonly name: string;
  readonly id: string;
  readonly group: string;
  readonly created: number;
  /** What was seen of its events until it was last written down; undefined before the first. */
  readonly seen: Seen | undefined;
};

/** Times of events and of their arrival, ms. */
export type Seen = { readonly first: number; readonly last: number; readonly ingested: number };

/** Events of one stream that are stored together. */
export type BlockRow = {
  readonly group: string;
  readonly stream: string;
  readonly streamName: string;
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly size: number;
  readonly batches: readonly Batch[];
  /** Id of the data key that it is encrypted under. */
  readonly dataKey: string | undefined;
  /** Packed lines, compressed, then encrypted where there is a data key; base64. */
  readonly data: string;
  /** See `spans.ts`. */
  readonly span: string;
};

/** A data key, as KMS encrypted it under the key of a group. */
export type DataKeyRow = { readonly keyArn: string; readonly groupArn: string; readonly ciphertext: string };

export type MetricFilterRow = {
  readonly name: string;
  readonly groupName: string;
  readonly pattern: string;
  readonly created: number;
  readonly transformation: {
    readonly metricName: string;
    readonly metricNamespace: string;
    readonly metricValue: string;
    readonly defaultValue: number | undefined;
    readonly dimensions: Readonly<Record<string, string>> | undefined;
    readonly unit: string | undefined;
  };
};

export type SubscriptionRow = {
  readonly name: string;
  readonly groupName: string;
  readonly pattern: string;
  readonly destinationArn: string;
  readonly roleArn: string | undefined;
  readonly distribution: 'Random' | 'ByLogStream';
  readonly created: number;
};

export type DestinationRow = {
  readonly name: string;
  readonly targetArn: string;
  readonly roleArn: string;
  readonly accessPolicy: string | undefined;
  readonly created: number;
  readonly tags: Readonly<Record<string, string>>;
};

/** The resource policies of an account in a Region: few, and asked about by every call. */
export type PoliciesRow = {
  readonly policies: readonly StoredPolicy[];
  /** Those of the account as one document; undefined when there are none. */
  readonly whole: string | undefined;
  /** For log groups that have one of their own: this together with those of the account. */
  readonly byGroup: Readonly<Record<string, string>>;
};

export type StoredPolicy = {
  /** The name, or the ARN of the log group that it stands on. */
  readonly name: string;
  readonly resourceArn: string | undefined;
  readonly text: string;
  readonly updated: number;
  readonly revision: string;
};

export type AccountPolicyRow = {
  readonly name: string;
  readonly text: string;
  readonly updated: number;
  readonly selection: string | undefined;
};

export type ExportRow = {
  readonly id: string;
  readonly name: string | undefined;
  readonly groupName: string;
  readonly groupId: string;
  readonly streamPrefix: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly bucket: string;
  readonly prefix: string;
  readonly status: 'PENDING' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
  readonly message: string | undefined;
  readonly created: number;
  readonly completed: number | undefined;
};

/** Id: the name. */
export const groups = collection<GroupRow>('logs/group', 'regional');
/** Id: `group id:stream name`. */
export const streams = collection<StreamRow>('logs/stream', 'regional', {
  'by-last-event': ({ group, seen, created }) => [`${group}:${sortable(seen?.last ?? created)}`],
});
/** Id: `stream id/span/first time/call`. */
export const blocks = collection<BlockRow>('logs/block', 'regional', {
  'by-group': ({ group, span, first }) => [`${group}/${span}/${sortable(first)}`],
});
/** Id: random, named by groups and blocks. */
export const dataKeys = collection<DataKeyRow>('logs/data-key', 'regional');
/** Bytes stored, by group id. */
export const sizes = collection<{ readonly bytes: number }>('logs/size', 'regional');
/** Id: `group name:filter name`. */
export const metricFilters = collection<MetricFilterRow>('logs/metric-filter', 'regional');
/** Id: `group name:filter name`. */
export const subscriptionFilters = collection<SubscriptionRow>('logs/subscription-filter', 'regional');
/** Id: the name. */
export const destinations = collection<DestinationRow>('logs/destination', 'regional');
/** One, `all`. */
export const policies = collection<PoliciesRow>('logs/resource-policies', 'regional');
/** Subscription policies of the account. Id: the name. */
export const accountPolicies = collection<AccountPolicyRow>('logs/account-policy', 'regional');
/** Id: the task's. */
export const exportTasks = collection<ExportRow>('logs/export-task', 'regional');

/** Milliseconds as text that sorts. */
export function sortable(ms: number): string {
  return ms.toString(36).padStart(10, '0');
}

export function streamKey(group: string, name: string): string {
  return `${group}:${name}`;
}

export function filterKey(group: string, name: string): string {
  return `${group}:${name}`;
}
