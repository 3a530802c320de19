import { strict as assert } from 'node:assert';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { useMailRelay } from './mail-relay.ts';
import { SmtpError, sendMail } from './smtp/client.ts';
import { mailText } from './smtp/mail.ts';
import { openStage, type Stage } from './stage-for-tests.ts';

/** A relay that keeps what it takes. Recipients that begin with `no` it refuses. */
type Relay = { readonly url: string; readonly heard: string[]; readonly mails: string[]; readonly server: Server };

async function openRelay(greeting = '220 relay ready'): Promise<Relay> {
  const heard: string[] = [];
  const mails: string[] = [];
  const server = createServer((socket) => {
    let text = '';
    let inData = false;
    socket.on('error', () => {});
    socket.write(`${greeting}\r\n`);
    socket.on('data', (data) => {
      text += data.toString();
      for (;;) {
        const mark = inData ? '\r\n.\r\n' : '\r\n';
        const end = text.indexOf(mark);
        if (end < 0) return;
        const line = text.slice(0, end);
        text = text.slice(end + mark.length);
        if (inData) {
          inData = false;
          mails.push(line);
          socket.write('250 queued as 17\r\n');
          continue;
        }
        heard.push(line);
        if (line.startsWith('EHLO')) socket.write('250-relay\r\n250-AUTH LOGIN PLAIN\r\n250 8BITMIME\r\n');
        else if (line.startsWith('AUTH')) socket.write('235 welcome\r\n');
        else if (line.startsWith('RCPT TO:<no')) socket.write('550 no such user\r\n');
        else if (line === 'DATA') {
          inData = true;
          socket.write('354 go on\r\n');
        } else if (line === 'QUIT') socket.end('221 bye\r\n');
        else socket.write('250 ok\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `smtp://me@127.0.0.1:${port}`, heard, mails, server };
}

let stage: Stage;
let relay: Relay;
before(async () => {
  stage = await openStage();
  relay = await openRelay();
});
after(async () => {
  relay.server.close();
  await stage.ringwall.stop();
});

/** What `--smtp-…` does. */
function use(smtpFrom: string | undefined): void {
  const smtpPasswordFile = join(mkdtempSync(join(tmpdir(), 'sns-mail-')), 'password');
  writeFileSync(smtpPasswordFile, 'p@ss\n');
  useMailRelay(stage.ringwall.installation.house, { smtpUrl: relay.url, smtpPasswordFile, smtpFrom });
}

const bodyOf = (mail: string | undefined) => Buffer.from((mail ?? '').split('\r\n\r\n')[1] ?? '', 'base64').toString();

test('without a relay a subscription by mail is refused', async () => {
  const topic = await stage.topic('unmailed');
  await assert.rejects(stage.sns.subscribe({ TopicArn: topic, Protocol: 'email', Endpoint: 'ann@example.com' }), {
    name: 'InvalidParameterException',
    message: /no mail relay is configured/,
  });
});

test('a subscriber by mail confirms by the link and gets what is published', async () => {
  use('sns@example.com');
  const topic = await stage.topic('mailed', { DisplayName: 'Würfel' });
  await stage.sns.subscribe({ TopicArn: topic, Protocol: 'email', Endpoint: 'ann@example.com' });
  await stage.ringwall.settled();
  assert.ok(relay.heard.includes('MAIL FROM:<sns@example.com>'));
  assert.ok(relay.heard.includes('RCPT TO:<ann@example.com>'));
  assert.ok(relay.heard.includes(`AUTH PLAIN ${Buffer.from('\0me\0p@ss').toString('base64')}`));
  assert.match(relay.mails[0] ?? '', /^From: =\?UTF-8\?B\?V8O8cmZlbA==\?= <sns@example\.com>\r\n/);
  const link = /http:\S+ConfirmSubscription\S+/.exec(bodyOf(relay.mails[0]))?.[0] ?? '';
  assert.equal((await fetch(link)).status, 200);
  await stage.sns.publish({ TopicArn: topic, Message: '.\r\nhello\n.', Subject: 'news' });
  await stage.ringwall.settled();
  assert.match(relay.mails[1] ?? '', /^Subject: news\r$/m);
  assert.match(bodyOf(relay.mails[1]), /^\.\r\nhello\r\n\.\r\n\r\n--\r\n/);
});

test('an address that the relay refuses for good is not tried again', async () => {
  use(undefined);
  const topic = await stage.topic('unknown');
  const asked = () => relay.heard.filter((line) => line === 'RCPT TO:<nobody@example.com>').length;
  await stage.sns.subscribe({ TopicArn: topic, Protocol: 'email-json', Endpoint: 'nobody@example.com' });
  await stage.ringwall.settled();
  await stage.ringwall.advance(3_600_000);
  assert.equal(asked(), 1);
});

test('a relay that does not speak SMTP, and one that is not there, are failures', async () => {
  const odd = await openRelay('HTTP/1.1 200 OK');
  const sending = { from: 'a@b', to: 'c@d', text: 'x' };
  await assert.rejects(sendMail(odd.url, sending), SmtpError);
  await new Promise((resolve) => odd.server.close(resolve));
  await assert.rejects(sendMail(odd.url, sending), (error: SmtpError) => !error.permanent);
});

test('a line that is a dot does not end a letter', async () => {
  await sendMail(relay.url, { from: 'a@b', to: 'c@d', text: '.a\r\n.\r\nb\r\n' });
  assert.equal(relay.mails.at(-1), '..a\r\n..\r\nb');
});

test('no subject begins a header of its own', () => {
  const text = mailText({
    from: { address: 'a@b', name: 'x\r\nBcc: all' },
    to: 'c@d\r\nBcc: all',
    subject: `ü\r\nBcc: all ${'ö'.repeat(80)}`,
    body: 'b',
    id: 'i',
    time: 0,
  });
  assert.doesNotMatch(text, /^Bcc/m);
  for (const line of text.split('\r\n')) assert.ok(line.length < 79, line);
});
