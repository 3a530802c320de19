import { readFileSync } from 'node:fs';
import { slot } from '#runtime/slot.ts';

/** The relay that takes mail to subscribers: `smtp://USER@HOST:587` or `smtps://…`; without a URL there is none. */
export type MailRelay = { url: string | undefined; password: string; from: string };

/** Who writes, when no other address is configured. */
export const defaultSender = 'no-reply@sns.localhost';

export const mailRelay = slot((): MailRelay => ({ url: undefined, password: '', from: defaultSender }));

/** The settings of the relay (`--smtp-…`). */
export type MailSettings = {
  readonly smtpUrl: string | undefined;
  readonly smtpPasswordFile: string | undefined;
  readonly smtpFrom: string | undefined;
};

/** Sets the relay of an installation. @throws Error when the file of the password cannot be read */
export function useMailRelay(house: object, { smtpUrl, smtpPasswordFile, smtpFrom }: MailSettings): void {
  const relay = mailRelay.of(house);
  relay.url = smtpUrl;
  relay.password = smtpPasswordFile === undefined ? '' : readFileSync(smtpPasswordFile, 'utf8').trim();
  relay.from = smtpFrom ?? defaultSender;
}
