import { collection } from '#runtime/collection.ts';
import type { Context } from '#runtime/context.ts';
import type { Records } from '#runtime/records.ts';
import type { DigestedFile, DigestLink } from './engine/digest.ts';
import type { Selectors } from './engine/selectors.ts';

/** A time in which a trail records, both ends in it; ms since the epoch. */
export type Interval = { readonly from: number; readonly to?: number };

export type TrailRow = {
  readonly name: string;
  /** Tells it from an earlier trail of the same name. */
  readonly uid: string;
  readonly account: string;
  /** Where it was made. */
  readonly region: string;
  readonly arn: string;
  readonly bucket: string;
  readonly prefix: string | undefined;
  readonly topic: { readonly name: string; readonly arn: string } | undefined;
  readonly logs: { readonly group: string; readonly role: string } | undefined;
  /** ARN. */
  readonly kmsKey: string | undefined;
  readonly globalEvents: boolean;
  readonly multiRegion: boolean;
  readonly validation: boolean;
  readonly selectors: Selectors;
  readonly tags: Readonly<Record<string, string>>;
  /** When it records, oldest first; the next start forgets what was delivered. The last one is open while it is logging. */
  readonly intervals: readonly Interval[];
  readonly started: number | undefined;
  readonly stopped: number | undefined;
  /** Gone for everybody; what it has recorded is still delivered. */
  readonly deleted?: true;
};

/** How far a trail is delivered. */
export type Position = { readonly through: number };

/** What a slice of time held when it was delivered: eight letters for each event. Times in ms since the epoch, `from` exclusive. */
export type ReceiptRow = { readonly from: number; readonly to: number; readonly marks: string };

/** What became of its deliveries. Times in ms since the epoch, errors are codes. */
export type StatusRow = {
  readonly tried?: number;
  readonly delivered?: number;
  readonly error?: string | undefined;
  readonly notifyTried?: number;
  readonly notified?: number;
  readonly notifyError?: string | undefined;
  readonly logged?: number;
  readonly logError?: string | undefined;
  readonly digested?: number;
  readonly digestError?: string | undefined;
};

/** The digest chains of a trail, by Region. `end` is that of the last digest, and where the next one begins. */
export type ChainsRow = {
  readonly start: number;
  readonly regions: Readonly<Record<string, { readonly end: number; readonly previous: DigestLink | undefined }>>;
};

/** A log file that no digest names yet. */
export type FileRow = DigestedFile & { readonly region: string; readonly at: number };

/** An RSA key of a Region; its private half is encrypted with the record. Times in ms since the epoch. */
export type SigningKeyRow = {
  /** PKCS #8, base64. */
  readonly privateKey: string;
  /** PKCS #1 DER, base64. */
  readonly publicKey: string;
  readonly fingerprint: string;
  readonly from: number;
  readonly to: number;
};

/** Events of the last moments that were already told, by id. */
export type ToldRow = { readonly recent: readonly (readonly [id: string, time: number])[] };

/** Id: `region/name`; `!/uid` once it is deleted. */
export const trails = collection<TrailRow>('cloudtrail/trail', 'global');
/** Id: the trail's uid, or uid and Region (`uid/us-east-1`). */
export const filePositions = collection<Position>('cloudtrail/file-position', 'global');
export const logPositions = collection<Position>('cloudtrail/log-position', 'global');
/** Id: the positions' collection, the trail's uid and the end of the slice. */
export const receipts = collection<ReceiptRow>('cloudtrail/receipt', 'global');
/** Id: the trail's uid. */
export const statuses = collection<StatusRow>('cloudtrail/status', 'global');
export const chains = collection<ChainsRow>('cloudtrail/digest-chain', 'global');
/** Id: `uid/region/key`. */
export const files = collection<FileRow>('cloudtrail/log-file', 'global');
/** Id: `region/validity start`, so that the newest is the last. */
export const signingKeys = collection<SigningKeyRow>('cloudtrail/signing-key', 'installation');
/** How far the account's events were told; the only id is `all`. */
export const toldPosition = collection<Position>('cloudtrail/told-position', 'global');
/** Id: Region. */
export const told = collection<ToldRow>('cloudtrail/told', 'global');

export function trailId({ region, name }: Pick<TrailRow, 'region' | 'name'>): string {
  return `${region}/${name}`;
}

/** The id under which a trail's row lies now. */
export function rowId(trail: TrailRow): string {
  return trail.deleted === true ? deletedId(trail.uid) : trailId(trail);
}

export function deletedId(uid: string): string {
  return `!/${uid}`;
}

/** Every trail of the account, of all Regions. There are few: five for each Region at most. */
export async function allTrails(records: Records): Promise<readonly TrailRow[]> {
  const listed = await records.list(trails);
  return listed.map(({ value }) => value).filter(({ deleted }) => deleted !== true);
}

/** Trails that are seen in a Region: its own, and those of other Regions that record everywhere. */
export async function trailsIn(ctx: Context): Promise<readonly TrailRow[]> {
  return (await allTrails(ctx.records)).filter(({ region, multiRegion }) => region === ctx.region || multiRegion);
}

export function isLogging({ intervals }: Pick<TrailRow, 'intervals'>): boolean {
  const last = intervals.at(-1);
  return last !== undefined && last.to === undefined;
}

/** Notes what became of a delivery. */
export async function note(ctx: Context, uid: string, change: StatusRow): Promise<void> {
  const row = await ctx.records.get(statuses, uid);
  ctx.records.put(statuses, uid, { ...row, ...change });
}
