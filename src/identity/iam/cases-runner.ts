import { type Decision, decide, type Verdict } from './engine/engine.ts';
import { type CaseReader, caseReader, type PolicyCase } from './engine/policy-case.ts';

/**
 * Runs policy unit tests: one JSON object per line, each a request, the policies that bear on it and the verdict expected.
 * The decisions come from the engine that guards the API.
 */
export type CaseResult = {
  readonly id: string;
  readonly ok: boolean;
  readonly expected: Verdict;
  readonly decision: Verdict;
  readonly layer: Decision['layer'];
  /** Where each matching statement stands. */
  readonly statements: readonly StatementPlace[];
  readonly missing: readonly string[];
};

export type StatementPlace = {
  readonly layer: string;
  readonly target?: string;
  readonly policy: string;
  readonly index: number;
  readonly sid?: string;
  readonly effect: string;
};

export type CasesSummary = {
  readonly passed: number;
  readonly failed: number;
  /** Wall time, reading included. */
  readonly seconds: number;
  readonly decisionsPerCpuSecond: number;
};

export type CasesRun = {
  readonly results: readonly CaseResult[];
  /** Lines that are no case, counted from 1. They are in neither `passed` nor `failed`. */
  readonly malformed: readonly { readonly line: number; readonly message: string }[];
  readonly summary: CasesSummary;
};

/** @param lines one case each; empty lines are skipped */
export function runPolicyCases(lines: Iterable<string>): CasesRun {
  const started = performance.now();
  const { cases, malformed } = readCases(lines, caseReader());
  const results = cases.map(({ id, expected, request, policies }) => resultOf(id, expected, decide(request, policies)));
  const decisionsPerCpuSecond = measure(cases);
  const passed = results.filter(({ ok }) => ok).length;
  const seconds = Math.round(performance.now() - started) / 1000;
  return { results, malformed, summary: { passed, failed: results.length - passed, seconds, decisionsPerCpuSecond } };
}

type ExpectingCase = PolicyCase & { readonly expected: Verdict };

function readCases(lines: Iterable<string>, read: CaseReader) {
  const cases: ExpectingCase[] = [];
  const malformed: { line: number; message: string }[] = [];
  let line = 0;
  for (const text of lines) {
    line++;
    if (text.trim() === '') continue;
    const reading = read(text);
    if (!reading.ok) malformed.push({ line, message: reading.message });
    else if (reading.case.expected === undefined) malformed.push({ line, message: '`expect.decision` is missing' });
    else cases.push({ ...reading.case, expected: reading.case.expected });
  }
  return { cases, malformed };
}

function resultOf(id: string, expected: Verdict, decision: Decision): CaseResult {
  return {
    id,
    ok: decision.decision === expected,
    expected,
    decision: decision.decision,
    layer: decision.layer,
    statements: placesOf(decision),
    missing: decision.missing,
  };
}

/** The matching statements of a decision, as the case format writes them. */
export function placesOf(decision: Decision): readonly StatementPlace[] {
  return decision.statements.map(({ layer, target, policy, index, sid, effect }) => ({
    layer,
    ...(target === undefined ? {} : { target }),
    policy: policy.name,
    index,
    ...(sid === undefined ? {} : { sid }),
    effect,
  }));
}

/** A few hundred cases are over before the clock ticks: they are decided again until this much CPU time has gone. */
const MEASURED_MICROSECONDS = 100_000;

function measure(cases: readonly ExpectingCase[]): number {
  if (cases.length === 0) return 0;
  const before = process.cpuUsage();
  let decisions = 0;
  for (;;) {
    for (const { request, policies } of cases) decide(request, policies);
    decisions += cases.length;
    const { user, system } = process.cpuUsage(before);
    if (user + system >= MEASURED_MICROSECONDS) return Math.round(decisions / ((user + system) / 1e6));
  }
}
