/**
 * Writes models/: one compact pack per service, and the index that routing reads.
 *
 *     node -C source tools/models/generate.ts DIRECTORY_OF_BOTOCORE_MODELS
 *
 * Source: botocore's `service-2` models (NAME.json.gz), joined with the schemas of the installed SDK clients where these know
 * more. The output is deterministic: the same sources give the same bytes.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Pack, PackMember, PackMeta, PackRef, PackShape } from '#wire/model/pack.ts';
import { packOfBotocore } from './botocore.ts';
import { joinSdk } from './sdk.ts';
import { clients } from './services.ts';

const source = process.argv[2];
if (source === undefined) throw new Error('usage: generate.ts DIRECTORY_OF_BOTOCORE_MODELS');
const target = join(import.meta.dirname, '../../models');
const index: Record<string, PackMeta> = {};
let total = 0;

for (const file of readdirSync(source)
  .filter((f) => f.endsWith('.json.gz'))
  .sort()) {
  const name = file.slice(0, -'.json.gz'.length);
  const pack = packOfBotocore(JSON.parse(gunzipSync(readFileSync(join(source, file))).toString('utf8')));
  const client = clients[name];
  if (client === undefined) throw new Error(`no client listed for \`${name}\``);
  const joined = client === '' ? undefined : joinSdk(pack, (await import(client)) as Record<string, unknown>);
  const json = JSON.stringify({ ...pack, shapes: reachable(pack) });
  writeFileSync(join(target, `${name}.json`), `${json}\n`);
  index[name] = pack.meta;
  total += json.length;
  const added =
    joined === undefined
      ? ''
      : `+${joined.operations.length} operations +${joined.members.length} members ${joined.retyped.join(' ')}`;
  console.log(`${name.padEnd(26)} ${String(json.length).padStart(8)} ${added}`);
}
writeFileSync(join(target, 'index.json'), `${JSON.stringify(index)}\n`);
console.log(`total ${total}`);

/** Shapes that an operation or an exception leads to, in name order. */
function reachable(pack: Pack): Record<string, PackShape> {
  const found = new Set<string>();
  const follow = (ref: PackRef | undefined): void => {
    if (ref === undefined) return;
    const name = typeof ref === 'string' ? ref : (ref as PackMember).s;
    if (found.has(name)) return;
    const shape = pack.shapes[name];
    if (shape === undefined) throw new Error(`no shape \`${name}\``);
    found.add(name);
    for (const member of Object.values(shape.m ?? {})) follow(member);
    follow(shape.e);
    for (const side of shape.kv ?? []) follow(side);
  };
  for (const operation of Object.values(pack.operations)) {
    follow(operation.i);
    follow(operation.o);
    for (const error of operation.e ?? []) follow(error);
  }
  for (const [name, shape] of Object.entries(pack.shapes)) if (shape.x !== undefined) follow(name);
  return Object.fromEntries([...found].sort().map((name) => [name, pack.shapes[name] as PackShape]));
}
