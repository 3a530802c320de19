/** A rule for cross-origin requests, as it is stored. */
export type CorsRule = {
  readonly id?: string | undefined;
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAge?: number | undefined;
};

/**
 * The rule that a cross-origin request falls under: the first that fits it in everything (Fetch standard, "CORS protocol"; S3 user guide,
 * "Using cross-origin resource sharing").
 *
 * @param headers of `Access-Control-Request-Headers`, lower case
 */
export function corsRuleFor(
  rules: readonly CorsRule[],
  origin: string,
  method: string,
  headers: readonly string[] = [],
): CorsRule | undefined {
  return rules.find(
    (rule) =>
      rule.origins.some((each) => fits(each, origin)) &&
      rule.methods.includes(method) &&
      headers.every((header) => rule.headers.some((each) => fits(each.toLowerCase(), header))),
  );
}

/** Headers that the answer gets. `asked`: of a preflight. */
export function corsHeaders(rule: CorsRule, origin: string, asked: readonly string[] = []): Record<string, string> {
  const anybody = rule.origins.includes('*');
  return {
    'access-control-allow-origin': anybody ? '*' : origin,
    ...(anybody ? {} : { 'access-control-allow-credentials': 'true' }),
    'access-control-allow-methods': rule.methods.join(', '),
    ...(asked.length === 0 ? {} : { 'access-control-allow-headers': asked.join(', ') }),
    ...(rule.exposed.length === 0 ? {} : { 'access-control-expose-headers': rule.exposed.join(', ') }),
    ...(rule.maxAge === undefined ? {} : { 'access-control-max-age': String(rule.maxAge) }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

/** At most one `*`, anywhere. */
function fits(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === text;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
}
