import type { Principal } from '#runtime/principal.ts';
import type { Store } from '#store/store.ts';
import type { PolicyKind } from './engine/engine.ts';
import { awsManagedPolicy } from './managed-policies/registry.ts';
import type { LibraryPolicy, PolicyLibrary } from './policy-library.ts';
import {
  type GroupRow,
  groups,
  type ManagedPolicyRow,
  managedPolicies,
  type PolicyHolder,
  type RoleRow,
  roles,
  type UserRow,
  users,
} from './records.ts';

/** The policies that a principal brings along, compiled. null: none of that kind, so it does not limit. */
export type PrincipalPolicies = {
  readonly identity: readonly LibraryPolicy[];
  readonly boundaries: readonly LibraryPolicy[] | null;
  readonly session: readonly LibraryPolicy[] | null;
  readonly serviceLinked: boolean;
};

const none: PrincipalPolicies = { identity: [], boundaries: null, session: null, serviceLinked: false };

/** Root users may everything, within what their sessions are limited to; the others have no policies of their own. */
const withoutPolicies: ReadonlySet<Principal['kind']> = new Set(['root', 'external', 'service', 'anonymous']);

/** Principals remembered between two changes of IAM. */
const maxPrincipals = 20_000;

/** Gathers principals' policies, and remembers them until something in IAM changes. */
export class PrincipalPolicySource {
  readonly #store: Store;
  readonly #library: PolicyLibrary;
  readonly #known = new Map<string, PrincipalPolicies>();
  /** Changes with every change of IAM: what was gathered across one is not kept. */
  #epoch = 0;

  constructor(store: Store, library: PolicyLibrary) {
    this.#store = store;
    this.#library = library;
    const relevant = new Set<string>([users.name, groups.name, roles.name, managedPolicies.name]);
    store.onChange((changes) => {
      if (!changes.some(({ key }) => relevant.has(key.collection))) return;
      this.#epoch += 1;
      this.#known.clear();
    });
  }

  async of(principal: Principal): Promise<PrincipalPolicies> {
    if (withoutPolicies.has(principal.kind) && !isLimited(principal)) return none;
    const key =
      principal.session === undefined ? principal.arn : `${principal.accessKeyId} ${principal.session.issuedAt}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const epoch = this.#epoch;
    const gathered = await this.#gather(principal);
    if (epoch === this.#epoch) {
      if (this.#known.size >= maxPrincipals) this.#known.clear();
      this.#known.set(key, gathered);
    }
    return gathered;
  }

  async #gather(principal: Principal): Promise<PrincipalPolicies> {
    const { account, session } = principal;
    const sessionPolicies = session === undefined ? null : await this.#sessionPolicies(principal, session);
    if (principal.kind === 'root') return { ...none, session: sessionPolicies };
    const name = session?.issuerName ?? principal.name ?? '';
    const isRole = principal.kind === 'assumed-role';
    const holder = isRole
      ? await this.#find<RoleRow>(roles.name, account, name)
      : await this.#find<UserRow>(users.name, account, name);
    // The role or user is gone: nothing allows any more. A role made anew under the name is another role.
    const id = holder === undefined ? undefined : 'roleId' in holder ? holder.roleId : holder.userId;
    if (holder === undefined || (session !== undefined && session.issuerId !== id))
      return { ...none, session: sessionPolicies };
    const identity = await this.#held(holder, account, isRole ? 'role' : 'user', name);
    if ('groups' in holder) {
      for (const groupName of holder.groups) {
        const group = await this.#find<GroupRow>(groups.name, account, groupName);
        if (group !== undefined) identity.push(...(await this.#held(group, account, 'group', groupName)));
      }
    }
    const boundary = holder.permissionsBoundary;
    return {
      identity,
      boundaries: boundary === undefined ? null : await this.#managed([boundary], account, 'boundary'),
      session: sessionPolicies,
      serviceLinked: 'linkedService' in holder && holder.linkedService !== undefined,
    };
  }

  async #sessionPolicies(
    principal: Principal,
    { policies, policyArns }: NonNullable<Principal['session']>,
  ): Promise<readonly LibraryPolicy[] | null> {
    if (policies.length === 0 && policyArns.length === 0) return null;
    return [
      ...policies.map((text) => this.#library.get({ kind: 'session', name: 'inline session policy' }, text)),
      ...(await this.#managed(policyArns, principal.account, 'session')),
    ];
  }

  async #held(holder: PolicyHolder, account: string, what: string, name: string): Promise<LibraryPolicy[]> {
    const inline = Object.entries(holder.inlinePolicies).map(([policyName, text]) =>
      this.#library.get({ kind: 'identity', name: `inline policy ${policyName} of ${what} ${name}` }, text),
    );
    return [...inline, ...(await this.#managed(holder.attachedPolicies, account, 'identity'))];
  }

  async #managed(arns: readonly string[], account: string, kind: PolicyKind): Promise<LibraryPolicy[]> {
    const found: LibraryPolicy[] = [];
    for (const arn of arns) {
      const text = awsManagedPolicy(arn)?.document ?? (await this.#customerPolicy(arn, account));
      // A boundary or session policy that is gone allows nothing: an empty policy stands for it.
      const document = text ?? (kind === 'identity' ? undefined : '{"Version":"2012-10-17","Statement":[]}');
      if (document !== undefined)
        found.push(this.#library.get({ kind, name: arn.slice(arn.lastIndexOf('/') + 1), arn }, document));
    }
    return found;
  }

  async #customerPolicy(arn: string, account: string): Promise<string | undefined> {
    const row = await this.#find<ManagedPolicyRow>(managedPolicies.name, account, arn.slice(arn.lastIndexOf('/') + 1));
    return row?.versions.find(({ versionId }) => versionId === row.defaultVersionId)?.document;
  }

  async #find<T>(collection: string, account: string, name: string): Promise<T | undefined> {
    return (await this.#store.get<T>({ collection, account, region: '', id: name.toLowerCase() }))?.value;
  }
}

function isLimited({ session }: Principal): boolean {
  return session !== undefined && (session.policies.length > 0 || session.policyArns.length > 0);
}
