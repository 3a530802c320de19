import { type Row, type Verdict, verdictOf } from './row.ts';

const marks: Readonly<Record<Verdict, string>> = {
  goal: '✓ goal',
  floor: '– floor',
  below: '✗ below',
  failed: '✗ failed',
  shown: '',
};

/** The rows as text, figures flush right. */
export function table(rows: readonly Row[]): string {
  const lines = [['', 'value', 'unit', 'floor', 'goal', 'verdict'], ...rows.map(cells)];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  const text = lines.map((line) =>
    line
      .map((cell, column) => (isFigure(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const failures = rows
    .filter(({ failure }) => failure !== undefined)
    .map(({ name, failure }) => `${name}: ${failure}`);
  return [...text, ...failures].join('\n');
}

function cells(row: Row): string[] {
  const { name, value, unit, floor, goal } = row;
  return [name, figure(value), unit, figure(floor), figure(goal), marks[verdictOf(row)]];
}

const isFigure = (column: number) => column === 1 || column === 3 || column === 4;

/** Three significant digits below 100, whole numbers above. */
function figure(value: number | undefined): string {
  if (value === undefined) return '';
  return value < 100 ? String(Number(value.toPrecision(3))) : Math.round(value).toLocaleString('en');
}
