/** What is wrong with an input: one of the API's errors. */
export type Fault = { readonly code: string; readonly message: string };

/** A trail as requests name it: `name`, or where its ARN says that it is. */
export type TrailReference = {
  readonly name: string;
  readonly account: string | undefined;
  readonly region: string | undefined;
};

const arnForm = /^arn:aws:cloudtrail:([a-z0-9-]+):(\d{12}):trail\/(.+)$/;

/** @example trailArn('111122223333', 'eu-west-1', 'all') // 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/all' */
export function trailArn(account: string, region: string, name: string): string {
  return `arn:aws:cloudtrail:${region}:${account}:trail/${name}`;
}

/** Reads a name or an ARN; what is neither is a fault. */
export function parseTrail(text: string): TrailReference | Fault {
  if (!text.startsWith('arn:')) return nameFault(text) ?? { name: text, account: undefined, region: undefined };
  const [, region, account, name] = arnForm.exec(text) ?? [];
  if (region === undefined || account === undefined || name === undefined || nameFault(name) !== undefined) {
    return {
      code: 'CloudTrailARNInvalidException',
      message: `The ARN \`${text}\` is not valid: expected arn:aws:cloudtrail:REGION:ACCOUNT:trail/NAME.`,
    };
  }
  return { name, account, region };
}

/** CloudTrail user guide, "Naming requirements for CloudTrail resources". */
export function nameFault(name: string): Fault | undefined {
  const fault = (message: string) => ({ code: 'InvalidTrailNameException', message });
  if (name.length < 3) {
    return fault(
      `Trail name too short. Minimum allowed length: 3 characters. Specified name length: ${name.length} characters.`,
    );
  }
  if (name.length > 128) {
    return fault(
      `Trail name too long. Maximum allowed length: 128 characters. Specified name length: ${name.length} characters.`,
    );
  }
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    return fault(
      'Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and underscores (_).',
    );
  }
  if (!/^[A-Za-z0-9]/.test(name)) return fault('Trail name must starts with a letter or number.');
  if (!/[A-Za-z0-9]$/.test(name)) return fault('Trail name must ends with a letter or number.');
  if (/[._-]{2}/.test(name)) return fault('Trail name cannot have adjacent periods, underscores, or hyphens.');
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return fault('Trail name cannot be in IP address format.');
  return undefined;
}

/** Buckets are named in lower case; CloudTrail looks no further. */
export function bucketFault(name: string): Fault | undefined {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !/\.\.|^\d+\.\d+\.\d+\.\d+$/.test(name)) return undefined;
  return { code: 'InvalidS3BucketNameException', message: `Bucket name \`${name}\` is not valid.` };
}

/** Most characters of a key prefix (API reference, CreateTrail). */
const maxPrefix = 200;

export function prefixFault(prefix: string): Fault | undefined {
  if (prefix.length > maxPrefix) {
    return {
      code: 'InvalidS3PrefixException',
      message: `S3 prefix is longer than maximum length of ${maxPrefix} characters.`,
    };
  }
  if (/^\/|[^\x20-\x7e]|\/\/|\/$/.test(prefix)) {
    return {
      code: 'InvalidS3PrefixException',
      message: 'S3 prefix: expected printable ASCII without slashes at its ends.',
    };
  }
  return undefined;
}
