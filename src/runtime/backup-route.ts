import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WireRequest, WireResponse } from '#wire/message.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Installation } from './installation.ts';

/** `POST /_ringwall/backup`, signed by a root user for the service `ringwall`: a consistent copy, streamed. */
export async function answerBackup(house: Installation, request: WireRequest): Promise<WireResponse> {
  try {
    const principal = await house.authenticate(
      request,
      { signingName: 'ringwall', protocol: 'aws-json' },
      house.clock.now(),
    );
    if (principal.kind !== 'root')
      throw new ServiceError('AccessDenied', 'only a root user takes backups', { status: 403 });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const body = `${JSON.stringify({ error: error.message, code: error.code })}\n`;
    return { status: error.status ?? 400, headers: { 'content-type': 'application/json' }, body };
  }
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
