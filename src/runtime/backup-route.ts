import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WireResponse } from '#wire/message.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Installation } from './installation.ts';
import type { SignedRoute } from './signed-route.ts';

/** `POST /_ringwall/backup`: a consistent copy for a root user, streamed. */
export function backupRoute(house: Installation): SignedRoute {
  return {
    name: 'Backup',
    readOnly: false,
    permit: async ({ principal }) => {
      if (principal.kind === 'root') return;
      throw new ServiceError('AccessDenied', 'only a root user takes backups', { status: 403 });
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
