/** A log group as requests name it: by name, or by ARN (with `:*` or a stream behind it, or without). */
export type GroupReference = {
  readonly name: string;
  /** Of ARNs. */
  readonly account: string | undefined;
  readonly region: string | undefined;
};

const groupArnForm =
  /^arn:aws:logs:([a-z0-9-]+):(\d{12}):log-group:([.\-_/#A-Za-z0-9]{1,512})(?::\*|:log-stream:[^:*]*)?$/;

/** @returns undefined for an ARN that is not a log group's */
export function readGroup(text: string): GroupReference | undefined {
  if (!text.startsWith('arn:')) return { name: text, account: undefined, region: undefined };
  const [, region, account, name] = groupArnForm.exec(text) ?? [];
  return name === undefined ? undefined : { name, account, region };
}

export function groupArn(account: string, region: string, name: string): string {
  return `arn:aws:logs:${region}:${account}:log-group:${name}`;
}

export function streamArn(account: string, region: string, group: string, stream: string): string {
  return `${groupArn(account, region, group)}:log-stream:${stream}`;
}

export function destinationArn(account: string, region: string, name: string): string {
  return `arn:aws:logs:${region}:${account}:destination:${name}`;
}

/** Name and place of a destination's ARN; undefined for other texts. */
export function readDestination(
  arn: string,
): { readonly region: string; readonly account: string; readonly name: string } | undefined {
  const [, region, account, name] = /^arn:aws:logs:([a-z0-9-]+):(\d{12}):destination:([^:*]{1,512})$/.exec(arn) ?? [];
  return region === undefined || account === undefined || name === undefined ? undefined : { region, account, name };
}

/**
 * The test that a ListLogGroups pattern makes: parts between `|`, `^` for the beginning of a name.
 *
 * @example nameTest('^/aws|web')('/aws/lambda/x') // true
 */
export function nameTest(pattern: string): (name: string) => boolean {
  const parts = pattern.split('|');
  return (name) => parts.some((part) => (part.startsWith('^') ? name.startsWith(part.slice(1)) : name.includes(part)));
}
