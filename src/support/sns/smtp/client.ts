import { connect, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { connect as connectTls } from 'node:tls';

/** Why the relay did not take a letter. `permanent`: it will not take it later either. */
export class SmtpError extends Error {
  readonly permanent: boolean;
  constructor(message: string, permanent: boolean) {
    super(message);
    this.name = 'SmtpError';
    this.permanent = permanent;
  }
}

const timeoutMs = 30_000;
const maxLine = 4_096;

/** The envelope of a letter, and the letter as it travels. */
export type Sending = {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** Of the user that the relay's URL names. */
  readonly password?: string;
};

/**
 * Gives a letter to a relay (RFC 5321): `smtp://HOST:25`, with STARTTLS where the relay has it; `smtps://HOST:465`. A user in the URL and
 * the password are told on encrypted connections alone, but for relays on loopback.
 *
 * @returns the relay's last word
 * @throws SmtpError
 */
export async function sendMail(relay: string, { from, to, text, password = '' }: Sending): Promise<string> {
  const url = new URL(relay);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'smtps:';
  const port = Number(url.port) || (secure ? 465 : 25);
  let line = new Conversation(secure ? connectTls({ host, port, ...named(host) }) : connect({ host, port }));
  try {
    await line.answer(220);
    let offers = await line.say(`EHLO ${helloName()}`, 250);
    let encrypted = secure;
    if (!secure && /^STARTTLS$/im.test(offers)) {
      await line.say('STARTTLS', 220);
      line = line.upgraded((socket) => connectTls({ socket, ...named(host) }));
      encrypted = true;
      offers = await line.say(`EHLO ${helloName()}`, 250);
    }
    if (url.username !== '') {
      if (!encrypted && !isLoopback(host)) {
        throw new SmtpError('the relay has no STARTTLS: name and password are not sent in the clear', false);
      }
      await signIn(line, offers, decodeURIComponent(url.username), password);
    }
    await line.say(`MAIL FROM:<${from}>`, 250);
    await line.say(`RCPT TO:<${to}>`, 250);
    await line.say('DATA', 354);
    const answer = await line.say(`${text.replace(/^\./gm, '..').replace(/\r\n$/, '')}\r\n.`, 250);
    line.end('QUIT');
    return answer.trim().slice(0, 256);
  } finally {
    line.destroy();
  }
}

async function signIn(line: Conversation, offers: string, name: string, password: string): Promise<void> {
  const base64 = (value: string) => Buffer.from(value).toString('base64');
  if (/^AUTH\b.*\bPLAIN\b/im.test(offers)) {
    await line.say(`AUTH PLAIN ${base64(`\0${name}\0${password}`)}`, 235);
    return;
  }
  await line.say('AUTH LOGIN', 334);
  await line.say(base64(name), 334);
  await line.say(base64(password), 235);
}

/** Names, not addresses, are told in the handshake. */
function named(host: string): { readonly servername?: string } {
  return /^[\d.]+$|:/.test(host) ? {} : { servername: host };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

function helloName(): string {
  return hostname().replace(/[^\w.-]/g, '') || 'localhost';
}

/** Lines to and from a relay. */
class Conversation {
  readonly #socket: Socket;
  #heard = '';
  #failed: SmtpError | undefined;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setTimeout(timeoutMs, () => this.#fail('the relay is silent'));
    socket.on('data', (data: Buffer) => {
      this.#heard += data.toString('latin1');
      this.#wake?.();
    });
    socket.on('error', (error) => this.#fail(error.message));
    socket.on('close', () => this.#fail('the relay closed the connection'));
  }

  #fail(reason: string): void {
    this.#failed ??= new SmtpError(reason, false);
    this.#wake?.();
  }

  /** Says a line and hears the answer. @throws SmtpError when it is another one */
  say(text: string, expected: number): Promise<string> {
    this.#socket.write(`${text}\r\n`);
    return this.answer(expected);
  }

  /** The text of an answer, its lines without codes. */
  async answer(expected: number): Promise<string> {
    const text: string[] = [];
    for (;;) {
      const [, code = '', more, rest = ''] = /^(\d{3})([ -]?)(.*)$/.exec(await this.#line()) ?? [];
      text.push(rest);
      if (more === '-' && text.length < 100) continue;
      if (Number(code) === expected) return text.join('\n');
      throw new SmtpError(`the relay answered ${code} ${rest}`.slice(0, 512), code.startsWith('5'));
    }
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#heard.indexOf('\n');
      if (end >= 0) {
        const line = this.#heard.slice(0, end).replace(/\r$/, '');
        this.#heard = this.#heard.slice(end + 1);
        return line;
      }
      if (this.#heard.length > maxLine) this.#fail('the relay does not speak SMTP');
      if (this.#failed !== undefined) throw this.#failed;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The same connection, encrypted. What was heard before counts no longer. */
  upgraded(encrypt: (socket: Socket) => Socket): Conversation {
    this.#socket.removeAllListeners();
    return new Conversation(encrypt(this.#socket));
  }

  end(text: string): void {
    this.#socket.end(`${text}\r\n`);
  }

  destroy(): void {
    this.#socket.on('error', () => {});
    this.#socket.destroySoon();
  }
}
