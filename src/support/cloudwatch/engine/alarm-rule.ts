/** States that an alarm can be in. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** The rule of a composite alarm. Alarms are named by name or ARN, as written. */
export type AlarmRule =
  | { readonly kind: 'state'; readonly state: AlarmState; readonly alarm: string }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'not'; readonly rule: AlarmRule }
  | { readonly kind: 'and' | 'or'; readonly rules: readonly AlarmRule[] };

/** Elements of a rule, and how deep they may nest (limits of PutCompositeAlarm: 100 alarms, 500 elements). */
const maxElements = 500;
const maxDepth = 100;

const token =
  /\s*(?:(AND|OR|NOT|TRUE|FALSE)\b|(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]{1,1600})"|([^\s()"]{1,1600}))\s*\)|([()]))/iy;

type Token = { readonly word: string; readonly alarm?: string };

/**
 * Parses `ALARM("cpu") AND NOT (OK(disk) OR FALSE)`: NOT binds closest, then AND, then OR.
 *
 * @returns undefined for what is no rule
 */
export function parseAlarmRule(text: string): AlarmRule | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined || tokens.length === 0) return undefined;
  let at = 0;
  let depth = 0;
  const next = (): string | undefined => tokens[at]?.word;

  const either = (): AlarmRule | undefined => joined('OR', 'or', both);
  const both = (): AlarmRule | undefined => joined('AND', 'and', single);
  const joined = (word: string, kind: 'and' | 'or', part: () => AlarmRule | undefined): AlarmRule | undefined => {
    const rules: AlarmRule[] = [];
    for (;;) {
      const rule = part();
      if (rule === undefined) return undefined;
      rules.push(rule);
      if (next() !== word) return rules.length === 1 ? rule : { kind, rules };
      at += 1;
    }
  };
  const single = (): AlarmRule | undefined => {
    const taken = tokens[at];
    if (taken === undefined || depth > maxDepth) return undefined;
    at += 1;
    const { word, alarm } = taken;
    if (alarm !== undefined) return { kind: 'state', state: word as AlarmState, alarm };
    if (word === 'TRUE' || word === 'FALSE') return { kind: 'constant', value: word === 'TRUE' };
    depth += 1;
    try {
      if (word === 'NOT') {
        const rule = single();
        return rule && { kind: 'not', rule };
      }
      if (word !== '(') return undefined;
      const rule = either();
      if (next() !== ')') return undefined;
      at += 1;
      return rule;
    } finally {
      depth -= 1;
    }
  };

  const rule = either();
  return at === tokens.length ? rule : undefined;
}

function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const trimmed = text.trimEnd();
  token.lastIndex = 0;
  while (token.lastIndex < trimmed.length) {
    const match = token.exec(trimmed);
    if (match === null || tokens.length >= maxElements) return undefined;
    const [, word, state, quoted, bare, bracket] = match;
    const alarm = quoted ?? bare;
    if (state !== undefined && alarm !== undefined) tokens.push({ word: state.toUpperCase(), alarm });
    else tokens.push({ word: (word ?? bracket ?? '').toUpperCase() });
  }
  return tokens;
}

/** Alarms that a rule asks about, each once. */
export function alarmsIn(rule: AlarmRule): readonly string[] {
  if (rule.kind === 'state') return [rule.alarm];
  if (rule.kind === 'not') return alarmsIn(rule.rule);
  if (rule.kind === 'constant') return [];
  return [...new Set(rule.rules.flatMap(alarmsIn))];
}

/** @param stateOf state of an alarm; one that is gone has insufficient data */
export function holds(rule: AlarmRule, stateOf: (alarm: string) => AlarmState): boolean {
  switch (rule.kind) {
    case 'state':
      return stateOf(rule.alarm) === rule.state;
    case 'constant':
      return rule.value;
    case 'not':
      return !holds(rule.rule, stateOf);
    case 'and':
      return rule.rules.every((each) => holds(each, stateOf));
    case 'or':
      return rule.rules.some((each) => holds(each, stateOf));
  }
}
