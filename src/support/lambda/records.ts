import { collection } from '#runtime/collection.ts';
import type { Records } from '#runtime/records.ts';

/** A zip: where it lies, and what clients hear of it. */
export type CodeRef = { readonly blob: string; readonly sha256: string; readonly size: number };

/** Variables of a function: readable, or as KMS made them with a customer's key. */
export type EnvironmentRow =
  | { readonly variables: Readonly<Record<string, string>> }
  | { readonly ciphertext: string; readonly keyArn: string };

export type LayerUse = { readonly arn: string; readonly code: CodeRef };

/** What `UpdateFunctionConfiguration` changes. */
export type Settings = {
  readonly runtime: string;
  readonly handler: string;
  readonly role: string;
  readonly description: string;
  readonly timeout: number;
  readonly memorySize: number;
  readonly environment: EnvironmentRow | undefined;
  readonly layers: readonly LayerUse[];
  readonly ephemeralStorage: number;
  readonly tracing: 'Active' | 'PassThrough';
  readonly deadLetter: string | undefined;
  readonly kmsKeyArn: string | undefined;
  readonly logging: {
    readonly format: 'JSON' | 'Text';
    readonly group: string | undefined;
    readonly applicationLevel: string | undefined;
    readonly systemLevel: string | undefined;
  };
  readonly snapStart: 'PublishedVersions' | 'None';
};

/** One version of a function, `$LATEST` included. Published ones never change. */
export type VersionRow = {
  readonly functionName: string;
  readonly version: string;
  readonly code: CodeRef;
  readonly architecture: 'x86_64' | 'arm64';
  readonly settings: Settings;
  readonly modified: number;
  readonly revisionId: string;
  /** What the last change was. The answer to it shows the function on its way; from the next millisecond on it is there. */
  readonly change: { readonly kind: 'created' | 'updated'; readonly at: number; readonly revisionId: string };
  /** Changes with code and settings: environments serve one instance. */
  readonly instance: string;
};

export type FunctionRow = {
  readonly name: string;
  readonly latest: VersionRow;
  readonly nextVersion: number;
  /** The last published version, and the instance of `$LATEST` that it was made of. */
  readonly published: { readonly version: string; readonly instance: string } | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly recursiveLoop: 'Allow' | 'Terminate';
  readonly runtimeUpdates: { readonly on: 'Auto' | 'FunctionUpdate' | 'Manual'; readonly arn: string | undefined };
};

export type AliasRow = {
  readonly functionName: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly weights: Readonly<Record<string, number>>;
  readonly revisionId: string;
};

/** Statements by which others may use a function or a layer version. */
export type PolicyRow = { readonly text: string; readonly revisionId: string };

export type InvokeConfigRow = {
  readonly functionName: string;
  readonly qualifier: string;
  readonly maximumAge: number | undefined;
  readonly maximumRetries: number | undefined;
  readonly onSuccess: string | undefined;
  readonly onFailure: string | undefined;
  readonly modified: number;
};

export type ProvisionedRow = {
  readonly functionName: string;
  readonly qualifier: string;
  readonly requested: number;
  readonly status: 'IN_PROGRESS' | 'READY' | 'FAILED';
  readonly reason: string | undefined;
  readonly modified: number;
};

export type LayerRow = { readonly name: string; readonly nextVersion: number };

export type LayerVersionRow = {
  readonly name: string;
  readonly version: number;
  readonly code: CodeRef;
  readonly description: string;
  readonly license: string | undefined;
  readonly runtimes: readonly string[] | undefined;
  readonly architectures: readonly string[] | undefined;
  readonly created: number;
};

export type MappingRow = {
  readonly uuid: string;
  readonly functionName: string;
  readonly qualifier: string | undefined;
  readonly source: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly filters: readonly string[];
  readonly kmsKeyArn: string | undefined;
  readonly reportsItems: boolean;
  readonly maximumConcurrency: number | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly modified: number;
  readonly change: { readonly kind: 'Creating' | 'Updating' | 'Enabling' | 'Disabling'; readonly at: number };
};

/** Id: the name. */
export const functions = collection<FunctionRow>('lambda/function', 'regional');
/** Published versions. Id: `name:0000000001`, so that they sort by number. */
export const versions = collection<VersionRow>('lambda/version', 'regional');
/** Id: `name:alias`. */
export const aliases = collection<AliasRow>('lambda/alias', 'regional');
/** Id: `name`, `name:version` or `name:alias`. */
export const policies = collection<PolicyRow>('lambda/policy', 'regional');
/** Id: `name:qualifier`. */
export const invokeConfigs = collection<InvokeConfigRow>('lambda/event-invoke-config', 'regional');
/** Id: `name:qualifier`. */
export const provisioned = collection<ProvisionedRow>('lambda/provisioned-concurrency', 'regional');
/** Id: the name. */
export const layers = collection<LayerRow>('lambda/layer', 'regional');
/** Id: `name:0000000001`. */
export const layerVersions = collection<LayerVersionRow>('lambda/layer-version', 'regional');
/** Id: `name:0000000001`. */
export const layerPolicies = collection<PolicyRow>('lambda/layer-policy', 'regional');
/** Id: UUID. */
export const mappings = collection<MappingRow>('lambda/event-source-mapping', 'regional', {
  'by-function': (row) => [row.functionName],
  'by-source': (row) => [row.source],
});

export function versionId(name: string, version: string | number): string {
  return `${name}:${String(version).padStart(10, '0')}`;
}

export async function findVersion(
  records: Records,
  row: FunctionRow,
  version: string,
): Promise<VersionRow | undefined> {
  if (version === row.latest.version) return row.latest;
  return records.get(versions, versionId(row.name, version));
}

export async function findAlias(records: Records, name: string, alias: string): Promise<AliasRow | undefined> {
  return records.get(aliases, `${name}:${alias}`);
}

/** Everything that is listed under `name:`. */
export async function allOf<T>(
  records: Records,
  from: Parameters<typeof records.list<T>>[0],
  name: string,
): Promise<readonly T[]> {
  const entries: T[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await records.list(from, { prefix: `${name}:`, ...(after === undefined ? {} : { after }) });
    entries.push(...page.map(({ value }) => value));
    if (page.length < 1_000) return entries;
    after = page.at(-1)?.id;
  }
}

export async function findInvokeConfig(
  records: Records,
  name: string,
  qualifier: string,
): Promise<InvokeConfigRow | undefined> {
  return records.get(invokeConfigs, `${name}:${qualifier}`);
}
