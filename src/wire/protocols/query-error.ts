import { type DescribedError, isMessage } from '../described-error.ts';
import { escapeXml, type XmlStyle, xmlMembers } from '../formats/xml-write.ts';
import type { MemberModel, ShapeModel } from '../model/shape.ts';

/** `<Error><Type/><Code/><Message/>…</Error>`: with the further members of the exception's shape. */
export function queryErrorElement(error: DescribedError, style: XmlStyle): string {
  const type = error.server ? 'Receiver' : 'Sender';
  return `<Error><Type>${type}</Type>${codeAndMessage(error)}${extraMembers(error, style)}</Error>`;
}

/** `<Code>…</Code><Message>…</Message>` */
export function codeAndMessage(error: DescribedError): string {
  return `<Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>`;
}

/** The further members of the exception's shape as elements. */
export function extraMembers(error: DescribedError, style: XmlStyle): string {
  return error.shape === undefined ? '' : xmlMembers(furtherMembers(error.shape), style)(error.members);
}

function furtherMembers(shape: ShapeModel): readonly MemberModel[] {
  return shape.members.filter((m) => !isMessage(m) && m.name !== 'Code' && m.name !== 'Type');
}
