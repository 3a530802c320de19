import type { Installation } from './installation.ts';
import { answerJson, type SignedRoute } from './signed-route.ts';

/** `POST /_ringwall/accounts/ID`: a further account, with its root credentials. */
export function accountRoute(house: Installation, account: string): SignedRoute {
  let created: object = {};
  return {
    name: 'CreateAccount',
    readOnly: false,
    // Permission and creation are one question; the account commits with its record, before the credentials leave.
    permit: async ({ principal }, { unit }) => {
      created = await house.createAccount(principal, account, unit);
    },
    answer: async () => answerJson(200, created),
  };
}
