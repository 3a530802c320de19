import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WireResponse } from '#wire/message.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Installation } from './installation.ts';
import type { SignedRoute } from './signed-route.ts';

/** `POST /_ringwall/backup`: a consistent copy of all accounts, for the root user of the first one, streamed. */
export function backupRoute(house: Installation): SignedRoute {
  return {
    name: 'Backup',
    readOnly: false,
    permit: async ({ principal }) => {
      if (await house.rulesAll(principal)) return;
      throw new ServiceError('AccessDenied', 'only the root user of the first account takes backups', { status: 403 });
    },
    answer: () => copy(house),
  };
}

async function copy(house: Installation): Promise<WireResponse> {
  const directory = mkdtempSync(join(house.scratch ?? tmpdir(), 'backup-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    const file = join(directory, 'ringwall.backup');
    await house.store.backup(file);
    const stream = createReadStream(file).once('close', remove);
    return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: stream };
  } catch (error) {
    remove();
    throw error;
  }
}
