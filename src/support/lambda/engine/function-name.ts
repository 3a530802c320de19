/** What a request calls a function: a name, an ARN or a part of one, with a qualifier or without. */
export type FunctionReference = {
  readonly region: string | undefined;
  readonly account: string | undefined;
  readonly name: string;
  readonly qualifier: string | undefined;
};

export const latest = '$LATEST';

/**
 * Takes a function's name apart. The model's pattern has been checked.
 *
 * @example parseFunction('123456789012:function:f:live') // account, name `f`, qualifier `live`
 */
export function parseFunction(text: string): FunctionReference {
  const found =
    /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:(?<region>[a-z]{2,}(?:-[a-z]+)+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[^:]+)(?::(?<qualifier>[^:]+))?$/.exec(
      text,
    )?.groups;
  return {
    region: found?.region,
    account: found?.account,
    name: found?.name ?? text,
    qualifier: found?.qualifier,
  };
}

/** @param qualifier version or alias; undefined for the function as a whole */
export function functionArn(account: string, region: string, name: string, qualifier?: string): string {
  const whole = `arn:aws:lambda:${region}:${account}:function:${name}`;
  return qualifier === undefined ? whole : `${whole}:${qualifier}`;
}

export function isVersion(qualifier: string): boolean {
  return qualifier === latest || /^[0-9]+$/.test(qualifier);
}

/** The session of a function's role: its name, which STS takes from two characters on. */
export function sessionName(functionName: string): string {
  return functionName.length < 2 ? `function-${functionName}` : functionName;
}
