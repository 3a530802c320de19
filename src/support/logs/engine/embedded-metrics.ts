/** A metric's value as a log line carries it. */
export type EmbeddedDatum = {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string | undefined;
  /** 1 or 60 seconds. */
  readonly resolution: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[];
  readonly values: readonly number[];
};

/** Limits of the embedded metric format (CloudWatch user guide, "Specification: Embedded metric format"). */
const maxMetrics = 100;
const maxDimensions = 30;
const maxValues = 100;

/** Whether a line may carry metrics: most do not, and are not parsed. */
export function mayEmbed(message: string): boolean {
  return message.startsWith('{') && message.includes('"CloudWatchMetrics"');
}

/** The metrics that a line carries; what does not fit the format is passed over, as AWS does. */
export function embeddedMetrics(message: string): readonly EmbeddedDatum[] {
  if (!mayEmbed(message)) return [];
  const line = parsed(message);
  const meta = objectIn(line?.['_aws']);
  const time = meta?.['Timestamp'];
  if (line === undefined || meta === undefined || typeof time !== 'number') return [];
  return listIn(meta['CloudWatchMetrics']).flatMap((directive) => dataOf(line, time, objectIn(directive)));
}

type Members = Readonly<Record<string, unknown>>;

function dataOf(line: Members, time: number, directive: Members | undefined): readonly EmbeddedDatum[] {
  const namespace = directive?.['Namespace'];
  if (typeof namespace !== 'string' || namespace === '') return [];
  const sets = directive?.['Dimensions'] === undefined ? [[]] : listIn(directive['Dimensions']);
  const named = sets.flatMap((set) => dimensionsOf(line, listIn(set)) ?? []);
  const metrics = listIn(directive?.['Metrics']).slice(0, maxMetrics).map(objectIn);
  return metrics.flatMap((metric) => {
    const name = metric?.['Name'];
    const values = typeof name === 'string' ? valuesIn(line, name) : [];
    if (typeof name !== 'string' || values.length === 0) return [];
    const unit = typeof metric?.['Unit'] === 'string' ? metric['Unit'] : undefined;
    const resolution = metric?.['StorageResolution'] === 1 ? 1 : 60;
    return named.map(({ dimensions }) => ({ namespace, name, unit, resolution, time, dimensions, values }));
  });
}

/** Undefined for a set of which the line lacks a value: without all of its dimensions it would be another metric. */
function dimensionsOf(line: Members, set: readonly unknown[]): Pick<EmbeddedDatum, 'dimensions'> | undefined {
  if (set.length > maxDimensions) return undefined;
  const dimensions: { Name: string; Value: string }[] = [];
  for (const name of set) {
    const value = typeof name === 'string' && Object.hasOwn(line, name) ? line[name] : undefined;
    if (typeof name !== 'string' || (typeof value !== 'string' && typeof value !== 'number')) return undefined;
    if (value === '') return undefined;
    dimensions.push({ Name: name, Value: String(value).slice(0, 1_024) });
  }
  return { dimensions };
}

function valuesIn(line: Members, name: string): readonly number[] {
  const value = Object.hasOwn(line, name) ? line[name] : undefined;
  const values = Array.isArray(value) ? value.slice(0, maxValues) : [value];
  return values.filter((each): each is number => typeof each === 'number' && Number.isFinite(each));
}

function parsed(message: string): Members | undefined {
  try {
    return objectIn(JSON.parse(message));
  } catch {
    return undefined;
  }
}

function objectIn(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
