/** Where a file goes: the account that it tells of, its Region, and the prefix of the trail. */
export type FilePlace = {
  readonly prefix: string | undefined;
  readonly account: string;
  readonly region: string;
};

/**
 * Key of a log file (CloudTrail user guide, "CloudTrail log file name format").
 *
 * @param time when it is delivered, ms since the epoch
 * @param unique 16 characters that keep files of one minute apart
 * @example logFileKey({ prefix: 'p', account, region: 'us-east-1' }, time, 'sFgrXbqDkI4nXKbR')
 * // 'p/AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/31/111122223333_CloudTrail_us-east-1_20260131T2355Z_sFgrXbqDkI4nXKbR.json.gz'
 */
export function logFileKey(place: FilePlace, time: number, unique: string): string {
  const { account, region } = place;
  const stamp = compact(time);
  return `${folder(place, 'CloudTrail')}${day(time)}/${account}_CloudTrail_${region}_${stamp.slice(0, 13)}Z_${unique}.json.gz`;
}

/**
 * Key of a digest file (CloudTrail user guide, "CloudTrail digest file structure").
 *
 * @param end of the time that it covers, ms since the epoch
 */
export function digestKey(place: FilePlace, trail: { readonly name: string; readonly region: string }, end: number) {
  const { account, region } = place;
  return `${folder(place, 'CloudTrail-Digest')}${day(end)}/${account}_CloudTrail-Digest_${region}_${trail.name}_${trail.region}_${compact(end)}.json.gz`;
}

/** The empty object that CloudTrail writes first: it proves that the bucket takes its files. */
export function markerKey(prefix: string | undefined, account: string): string {
  return `${prefix === undefined ? '' : `${prefix}/`}AWSLogs/${account}/CloudTrail/`;
}

/** ISO 8601 in whole seconds. */
export function seconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

function folder({ prefix, account, region }: FilePlace, kind: string): string {
  return `${prefix === undefined ? '' : `${prefix}/`}AWSLogs/${account}/${kind}/${region}/`;
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10).replaceAll('-', '/');
}

/** `20260131T235500Z` */
function compact(time: number): string {
  return seconds(time).replace(/[-:]/g, '');
}
