/** What a run is told about itself. Times in ms. */
export type Facts = {
  /** Of the execution. */
  readonly id: string;
  readonly scheduled: number;
  /** The first is 1. */
  readonly attempt: number;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
};

/**
 * What a target gets: the input with its context attributes filled in (user guide, "Adding context attributes"), or an event that says
 * which schedule ran.
 */
export function inputFor(input: string | undefined, facts: Facts): string {
  const time = `${new Date(facts.scheduled).toISOString().slice(0, 19)}Z`;
  if (input === undefined) {
    return JSON.stringify({
      version: '0',
      id: facts.id,
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: facts.account,
      time,
      region: facts.region,
      resources: [facts.arn],
      detail: '{}',
    });
  }
  const attributes: Readonly<Record<string, string>> = {
    'attempt-number': String(facts.attempt),
    'execution-id': facts.id,
    'schedule-arn': facts.arn,
    'scheduled-time': time,
  };
  return input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (whole, name: string) => attributes[name] ?? whole);
}
