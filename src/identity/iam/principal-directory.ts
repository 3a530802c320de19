import type { Store } from '#store/store.ts';
import { accounts, roles, users } from './records.ts';

/** Tells whether the user, role or account that a policy names exists. ARNs of other kinds are taken as they are. */
export function principalDirectory(store: Store): (arn: string) => Promise<boolean> {
  return async (arn) => {
    const bare = /^\d{12}$/.test(arn) ? arn : /^arn:aws:iam::(\d{12}):root$/.exec(arn)?.[1];
    if (bare !== undefined) return true;
    const match = /^arn:aws:iam::(\d{12}):(user|role)\/(?:.*\/)?([^/]+)$/.exec(arn);
    if (match === null) return true;
    const [, account = '', type, name = ''] = match;
    // Accounts that live elsewhere cannot be asked.
    if ((await store.get({ collection: accounts.name, account: '', region: '', id: account })) === undefined)
      return true;
    const collection = type === 'user' ? users.name : roles.name;
    const found = await store.get<{ readonly arn: string }>({
      collection,
      account,
      region: '',
      id: name.toLowerCase(),
    });
    return found?.value.arn === arn;
  };
}
