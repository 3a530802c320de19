import type { DataSeal } from '../seal/data-seal.ts';
import { createKeyring, type Keyring, openKeyring, parseKeyring } from '../seal/keyring.ts';
import type { RootKey } from '../seal/root-key.ts';
import { migrate, openingError, Session, select } from './session.ts';

/**
 * Opens the seal of a PostgreSQL installation; the first process makes its keyring.
 *
 * @param now milliseconds since the epoch, stored with a new generation
 * @throws WrongRootKeyError, UnavailableError, SchemaError
 * @example const seal = await openSealTable('postgres://ringwall@db/ringwall', openKeyFile('/etc/ringwall/root.key'), clock.now());
 */
export async function openSealTable(url: string, root: RootKey, now: number): Promise<DataSeal> {
  return withSession(url, async (session) => {
    await migrate(session, now);
    const fresh = JSON.stringify(createKeyring(root, now));
    const json = await session.transaction(async (sql) => {
      await sql.query('INSERT INTO keyring VALUES (1, $1) ON CONFLICT DO NOTHING', [fresh]);
      return String((await select(sql, 'SELECT json FROM keyring'))[0]?.[0]);
    });
    return openKeyring(parseKeyring(json), root);
  });
}

/** The keyring, undefined before the first start. */
export async function findKeyringTable(url: string): Promise<Keyring | undefined> {
  const json = await withSession(url, (session) =>
    session.read(async (sql) => {
      const [there] = await select(sql, "SELECT to_regclass('keyring')");
      if (there?.[0] === null || there === undefined) return undefined;
      const [row] = await select(sql, 'SELECT json FROM keyring');
      return row === undefined ? undefined : String(row[0]);
    }),
  );
  return json === undefined ? undefined : parseKeyring(json);
}

/** Changes the keyring in one step: `ringwall seal rewrap`. */
export async function changeKeyringTable(url: string, change: (keyring: Keyring) => Keyring): Promise<void> {
  await withSession(url, (session) =>
    session.transaction(async (sql) => {
      const [row] = await select(sql, 'SELECT json FROM keyring FOR UPDATE');
      await sql.query('UPDATE keyring SET json = $1', [JSON.stringify(change(parseKeyring(String(row?.[0]))))]);
    }),
  );
}

async function withSession<R>(url: string, work: (session: Session) => Promise<R>): Promise<R> {
  const session = new Session(url);
  try {
    return await work(session);
  } catch (error) {
    throw openingError(error);
  } finally {
    await session.close();
  }
}
