import { readFileSync } from 'node:fs';
import { linkModel, metaOf } from './link.ts';
import type { Pack, PackIndex } from './pack.ts';
import { withQueryNames } from './query-names.ts';
import type { ServiceMeta, ServiceModel } from './shape.ts';

/** `models/` beside `src/` and `dist/`: three levels up from this file in both. */
const directory = new URL('../../../models/', import.meta.url);

const loaded = new Map<string, ServiceModel>();

/** Everything routing needs, by service name; read once when the process starts (about 12 KB). */
export const serviceIndex: ReadonlyMap<string, ServiceMeta> = new Map(
  Object.entries(read<PackIndex>('index')).map(([name, meta]) => [name, metaOf(name, meta)]),
);

/** Names of all services with a model, alphabetical: `accessanalyzer`, `account`, … */
export function serviceNames(): readonly string[] {
  return [...serviceIndex.keys()];
}

/**
 * The model of a service; parsed on first use, then kept.
 *
 * @param service a name of `serviceNames()`
 * @throws Error when there is no such service
 * @example loadModel('kms').operation('Encrypt')?.input?.members
 */
export function loadModel(service: string): ServiceModel {
  const known = loaded.get(service);
  if (known !== undefined) return known;
  if (!serviceIndex.has(service)) throw new Error(`no model of service \`${service}\``);
  const model = linkModel(service, withQueryNames(service, read<Pack>(service)));
  loaded.set(service, model);
  return model;
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`${name}.json`, directory), 'utf8')) as T;
}
