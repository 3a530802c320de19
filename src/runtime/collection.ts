/**
 * A kind of record. `regional` records belong to an account and a region, `global` ones to an account, `installation` ones to neither.
 * Each index maps a record to the keys under which `Records.listIndex` finds it.
 *
 * @example
 * const aliases = collection<AliasRow>('kms/alias', 'regional', { 'by-key': (row) => [row.keyId] });
 */
export type Collection<T> = {
  readonly name: string;
  readonly scope: 'regional' | 'global' | 'installation';
  readonly indexes: Readonly<Record<string, (value: T, id: string) => readonly string[]>>;
};

export function collection<T>(
  name: string,
  scope: Collection<T>['scope'],
  indexes: Collection<T>['indexes'] = {},
): Collection<T> {
  return { name, scope, indexes };
}
