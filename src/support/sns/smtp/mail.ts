/** A letter for the relay. `time` in ms since the epoch. */
export type Mail = {
  readonly from: { readonly address: string; readonly name: string };
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  readonly id: string;
  readonly time: number;
};

/** The letter as it travels (RFC 5322, RFC 2045): headers in ASCII, the body in base64, so that no line of it means anything to the relay. */
export function mailText({ from, to, subject, body, id, time }: Mail): string {
  const lines = Buffer.from(body.replace(/\r?\n/g, '\r\n'))
    .toString('base64')
    .match(/.{1,76}/g);
  return [
    `From: ${encodedWords(from.name)} <${headerText(from.address)}>`,
    `To: <${headerText(to)}>`,
    `Subject: ${encodedWords(subject)}`,
    `Date: ${new Date(time).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...(lines ?? []),
    '',
  ].join('\r\n');
}

/** Nothing that could begin another header. */
function headerText(text: string): string {
  return text.replace(/[\p{Cc}<>]/gu, '');
}

/** Text of a header; what is not plain ASCII in encoded words (RFC 2047) of whole characters. */
function encodedWords(text: string): string {
  const plain = text.replace(/\p{Cc}/gu, ' ');
  if (/^[\w !#$%&'*+/?^`{|}~.-]*$/.test(plain) && plain.length <= 60) return plain;
  const words: string[] = [];
  let word = '';
  for (const character of plain) {
    if (Buffer.byteLength(word + character) > 42) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  words.push(word);
  return words.map((each) => `=?UTF-8?B?${Buffer.from(each).toString('base64')}?=`).join('\r\n ');
}
