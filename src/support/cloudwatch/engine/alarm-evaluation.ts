import type { AlarmState } from './alarm-rule.ts';
import type { Series } from './series.ts';

/** How missing periods count (CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data"). */
export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

export type Comparison =
  | 'GreaterThanOrEqualToThreshold'
  | 'GreaterThanThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

export type AlarmQuestion = {
  readonly comparison: Comparison;
  readonly threshold: number;
  /** N: periods that are looked at, and M of them that must breach. */
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly missing: MissingData;
  readonly period: number;
  /** The last period's begin, seconds; it and those before it are over. */
  readonly last: number;
  readonly series: Series;
};

export type Evaluation = {
  /** Undefined: the state stays as it is. */
  readonly state: AlarmState | undefined;
  readonly reason: string;
  /** Values of the periods that decided, newest first; undefined where there was none. */
  readonly datapoints: readonly { readonly at: number; readonly value: number | undefined }[];
};

/** Periods looked at beyond N, so that data that comes late still counts. */
const spare = 3;

const breaches: Readonly<Record<Comparison, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

const words: Readonly<Record<Comparison, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** First period whose value an evaluation may need, seconds. */
export function evaluationStart({ evaluationPeriods, period, last }: Omit<AlarmQuestion, 'series'>): number {
  return last - (evaluationPeriods + spare - 1) * period;
}

/** Decides the state of an alarm: M of the last N periods, with as many older ones as are missing among them. */
export function evaluate(question: AlarmQuestion): Evaluation {
  const { evaluationPeriods: wanted, datapointsToAlarm, missing, period, last, threshold, comparison } = question;
  const values = new Map(question.series);
  const looked = Array.from({ length: wanted + spare }, (_, index) => {
    const at = last - index * period;
    return { at, value: values.get(at) };
  });
  const present = looked.filter(({ value }) => value !== undefined);
  // Where enough has come, only what has come counts, the newest first.
  const enough = present.length >= wanted;
  const datapoints = enough ? present.slice(0, wanted) : looked.slice(0, wanted);
  const breaching = present.slice(0, wanted).filter(({ value = 0 }) => breaches[comparison](value, threshold));
  const missed = enough ? 0 : wanted - Math.min(present.length, wanted);

  const inAlarm = (count: number): Evaluation => ({ state: 'ALARM', reason: crossed(count, missed), datapoints });
  const fine = (count: number): Evaluation => ({ state: 'OK', reason: crossed(count, missed), datapoints });
  const crossed = (count: number, absent: number) => reasonOf(question, datapoints, count, absent);

  if (breaching.length >= datapointsToAlarm) return inAlarm(breaching.length);
  if (missed === 0) return fine(breaching.length);
  if (missing === 'breaching') {
    return breaching.length + missed >= datapointsToAlarm ? inAlarm(breaching.length) : fine(breaching.length);
  }
  if (missing === 'notBreaching') return fine(breaching.length);
  if (present.length === 0 || missing === 'ignore') {
    const reason = `Insufficient Data: ${wanted} datapoint${wanted === 1 ? ' was' : 's were'} unknown.`;
    return { state: missing === 'ignore' ? undefined : 'INSUFFICIENT_DATA', reason, datapoints };
  }
  // Some came, none is certain to alarm: as far as is known it is well.
  return fine(breaching.length);
}

/** AWS's words, as recorded: `Threshold Crossed: 1 datapoint [1.0 (23/11/26 21:00:00)] was greater than the threshold (0.0).` */
function reasonOf(
  { threshold, comparison, missing, datapointsToAlarm, evaluationPeriods }: AlarmQuestion,
  datapoints: Evaluation['datapoints'],
  breaching: number,
  missed: number,
): string {
  const known = datapoints.flatMap(({ at, value }) => (value === undefined ? [] : [{ at, value }]));
  if (known.length === 0) {
    const treated = missing === 'breaching' ? '[Breaching]' : '[NonBreaching]';
    const periods = `${missed} ${missed === 1 ? 'period' : 'periods'}`;
    const points = missed === 1 ? '1 missing datapoint was' : `${missed} missing datapoints were`;
    return `Threshold Crossed: no datapoints were received for ${periods} and ${points} treated as ${treated}.`;
  }
  const crosses =
    breaching >= datapointsToAlarm || (missing === 'breaching' && breaching + missed >= datapointsToAlarm);
  const shown = known.map(({ at, value }) => `${decimal(value)} (${shortTime(at)})`).join(', ');
  const number =
    datapointsToAlarm < evaluationPeriods ? `${breaching} out of the last ${evaluationPeriods}` : `${known.length}`;
  const noun = number === '1' ? 'datapoint' : 'datapoints';
  const verb = known.length === 1 ? 'was' : 'were';
  return `Threshold Crossed: ${number} ${noun} [${shown}] ${verb} ${crosses ? '' : 'not '}${words[comparison]} the threshold (${decimal(threshold)}).`;
}

/** As Java writes doubles: `1.0`. */
export function decimal(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e7 ? value.toFixed(1) : String(value);
}

/** `23/11/26 21:00:00` */
function shortTime(seconds: number): string {
  const [, year, month, day, time] =
    /^\d\d(\d\d)-(\d\d)-(\d\d)T(.{8})/.exec(new Date(seconds * 1000).toISOString()) ?? [];
  return `${day}/${month}/${year} ${time}`;
}
