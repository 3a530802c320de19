/** Runtimes that AWS takes today, as its refusals list them (recorded). */
const supported =
  'nodejs20.x, python3.14, provided.al2023, python3.12, python3.13, nodejs24.x, nodejs22.x, java25, python3.10, python3.11, java21, ruby3.3, ruby3.4, ruby3.2, python3.8, python3.9, java17, nodejs16.x, dotnet10, dotnet8, java11, dotnet6, nodejs18.x, provided.al2, java8.al2';

/** Runtimes that AWS knew once (Lambda user guide, "Deprecated runtimes"; recordings). */
const deprecated = new Set(
  [
    'dotnet5.0 dotnetcore1.0 dotnetcore2.0 dotnetcore2.1 dotnetcore3.1 go1.x java8 nodejs nodejs4.3 nodejs4.3-edge nodejs6.10 nodejs8.10',
    'nodejs10.x nodejs12.x nodejs14.x provided python2.7 python3.6 python3.7 ruby2.5 ruby2.7',
  ].flatMap((line) => line.split(' ')),
);

/** Why a runtime is refused; undefined where it is served. */
export function refuseRuntime(runtime: string): string | undefined {
  if (deprecated.has(runtime)) {
    return `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`;
  }
  if (!supported.split(', ').includes(runtime)) {
    return `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${supported}] or be a valid ARN`;
  }
  if (/^(nodejs|python|provided)/.test(runtime)) return undefined;
  return `runtime \`${runtime}\` is not served here: expected nodejs, python3 or provided`;
}
