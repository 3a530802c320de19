import type { GrammarError, Statement } from './policy.ts';

/** `vendor:Operation`, wildcards in the operation only. `*` alone is every action. */

/** @returns the first fault of the statement's actions, in AWS's words */
export function actionFault(statement: Statement): GrammarError | undefined {
  const path = `Statement[${statement.index}].${statement.actions.negated ? 'NotAction' : 'Action'}`;
  if (statement.actions.patterns.length === 0) return { message: 'Policy statement must contain actions.', path };
  for (const action of statement.actions.patterns) {
    const message = fault(action);
    if (message !== undefined) return { message, path };
  }
  return undefined;
}

function fault(action: string): string | undefined {
  if (action === '*') return undefined;
  const colon = action.indexOf(':');
  if (colon === -1) return 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';
  const vendor = action.slice(0, colon);
  if (!/^[a-zA-Z0-9.-]+$/.test(vendor)) return `Vendor ${vendor} is not valid`;
  if (action.includes(':', colon + 1)) return 'Actions/Condition can contain only one colon.';
  return undefined;
}
