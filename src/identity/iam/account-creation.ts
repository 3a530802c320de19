import type { Clock } from '#runtime/clock.ts';
import type { Principal } from '#runtime/principal.ts';
import type { Unit } from '#runtime/unit.ts';
import type { Store } from '#store/store.ts';
import { ServiceError } from '#wire/service-error.ts';
import { firstAccount, newAccount } from './bootstrap.ts';
import { accounts } from './records.ts';

/** True for the root user of the first account. */
export function ruler(store: Store) {
  return async ({ kind, account }: Principal): Promise<boolean> =>
    kind === 'root' && account === (await firstAccount(store));
}

/** Makes further accounts, for the root user of the first one. Organizations will do it as AWS does. */
export function accountCreation(store: Store, clock: Clock) {
  const rulesAll = ruler(store);
  /** Adds the account to what the unit commits. @returns its root credentials @throws ServiceError */
  return async (principal: Principal, account: string, unit: Unit): Promise<object> => {
    if (!(await rulesAll(principal))) {
      throw new ServiceError('AccessDenied', 'only the root user of the first account makes accounts', { status: 403 });
    }
    if (!/^\d{12}$/.test(account)) throw new ServiceError('ValidationException', 'expected an account id of 12 digits');
    const key = { collection: accounts.name, account: '', region: '', id: account };
    if ((await store.get(key)) !== undefined) {
      throw new ServiceError('EntityAlreadyExists', `account ${account} exists`, { status: 409 });
    }
    const { credentials, writes } = newAccount(account, clock.now());
    for (const { key: at, value, indexes } of writes) {
      unit.read(at, 0);
      unit.write(at, value, indexes);
    }
    return credentials;
  };
}
