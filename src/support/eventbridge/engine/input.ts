import { followJsonPath, type JsonPath, parseJsonPath } from './json-path.ts';

/** What a target gets instead of the event. Undefined members: the event as it is. */
export type InputSettings = {
  readonly input?: string | undefined;
  readonly inputPath?: string | undefined;
  readonly transformer?: { readonly paths: Readonly<Record<string, string>>; readonly template: string } | undefined;
};

/** The facts that templates may use beside the event: `<aws.events.…>`. */
export type Delivered = {
  /** The event as JSON text. */
  readonly text: string;
  readonly ruleArn: string;
  readonly ruleName: string;
  /** When the event came in, as events tell times: `2026-01-31T12:00:00Z`. */
  readonly ingestionTime: string;
};

/** The text for the target; `refused` when what came out is no JSON, with which AWS delivers nothing. */
export type Input = { readonly text: string } | { readonly refused: string };

/** Makes the text of each delivery; compiled once for a target. */
export type InputMaker = (delivered: Delivered) => Input;

export function compileInput({ input, inputPath, transformer }: InputSettings): InputMaker {
  if (input !== undefined) return () => ({ text: input });
  if (inputPath !== undefined) return pathInput(inputPath);
  if (transformer !== undefined) return templateInput(transformer.paths, transformer.template);
  return ({ text }) => ({ text });
}

function pathInput(inputPath: string): InputMaker {
  const path = parseJsonPath(inputPath);
  return ({ text }) => {
    const value = path === undefined ? undefined : followJsonPath(path, JSON.parse(text));
    if (value === undefined) return { refused: `the event has nothing at \`${inputPath}\`` };
    return { text: JSON.stringify(value) };
  };
}

/** Names of the placeholders in a template: `<name>`. */
export function placeholdersIn(template: string): readonly string[] {
  return piecesOf(template).flatMap((piece) => ('name' in piece ? [piece.name] : []));
}

/** Placeholders that need no path. */
export const predefined: ReadonlySet<string> = new Set([
  'aws.events.event',
  'aws.events.event.ingestion-time',
  'aws.events.event.json',
  'aws.events.rule-arn',
  'aws.events.rule-name',
]);

/** Placeholders know whether they stand inside a JSON string. */
type Piece = { readonly text: string } | { readonly name: string; readonly quoted: boolean };

function piecesOf(template: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let quoted = false;
  let last = 0;
  for (const found of template.matchAll(/\\.|"|<([A-Za-z0-9_.-]+)>/gs)) {
    if (found[0] === '"') quoted = !quoted;
    if (found[1] === undefined) continue;
    pieces.push({ text: template.slice(last, found.index) }, { name: found[1], quoted });
    last = found.index + found[0].length;
  }
  return [...pieces, { text: template.slice(last) }];
}

/**
 * Templates are JSON with placeholders for values, or lines of text in quotes. A value inside quotes loses its own; a list or an object
 * there can stand in a line of text only. What is not in the event is an empty text (user guide "Input transformation"; recordings).
 */
function templateInput(paths: Readonly<Record<string, string>>, template: string): InputMaker {
  const pieces = piecesOf(template);
  const compiled = new Map<string, JsonPath | undefined>();
  for (const [name, path] of Object.entries(paths)) compiled.set(name, parseJsonPath(path));
  const isText = template.trimStart().startsWith('"');
  return (delivered) => {
    const event = JSON.parse(delivered.text) as Readonly<Record<string, unknown>>;
    const text = pieces
      .map((piece) => {
        if ('text' in piece) return piece.text;
        const path = compiled.get(piece.name);
        const value = path === undefined ? predefinedValue(piece.name, event, delivered) : followJsonPath(path, event);
        return piece.quoted ? insideQuotes(value, isText) : JSON.stringify(value ?? (value === null ? null : ''));
      })
      .join('');
    if (isText || isJson(text)) return { text };
    return { refused: 'the input template does not give valid JSON for this event' };
  };
}

function predefinedValue(name: string, event: Readonly<Record<string, unknown>>, delivered: Delivered): unknown {
  switch (name) {
    case 'aws.events.rule-arn':
      return delivered.ruleArn;
    case 'aws.events.rule-name':
      return delivered.ruleName;
    case 'aws.events.event.ingestion-time':
      return delivered.ingestionTime;
    case 'aws.events.event.json':
      return event;
    case 'aws.events.event': {
      const { detail: _, 'detail-type': detailType, ...rest } = event;
      return { ...rest, detailType };
    }
    default:
      return undefined;
  }
}

function insideQuotes(value: unknown, isText: boolean): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return JSON.stringify(value).slice(1, -1);
  const text = JSON.stringify(value);
  return isText ? text.replace(/\\?"/g, '') : text;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
