// Source of the texts: GeWe's documentation of callbacks. They are those of a WeChat that is set to Chinese; another
// language has other ones, which cannot be told apart here from what anybody might write.

/** What people send, as v2 names it: whatever it says, it is no notice. */
const ordinaryTypes: ReadonlySet<string> = new Set([
  'TEXT',
  'IMAGE',
  'VOICE',
  'VIDEO',
  'EMOJI',
  'CARD',
  'LOCATION',
  'LINK',
  'FILE',
  'QUOTE',
  'CHAT_RECORD',
  'MINI_PROGRAM',
  'TRANSFER',
  'RED_PACKET',
  'APP_MSG',
]);

export function isOrdinary(v2Type: string): boolean {
  return ordinaryTypes.has(v2Type.toUpperCase());
}

/** WeChat's own notice, in plain text. */
const plainType = '10000';
/** The same as XML: a template, and who is named in it. */
const templateType = '10002';

/** A notice is short; looking for templates in megabytes of text would take long. */
const maxNoticeLength = 16_384;

/**
 * Whether a notice in a room says that the account was removed from it, or that it was dissolved. `type`: v1's `MsgType`,
 * or a word of v2 that is not ordinary, where a notice may have either form.
 */
export function endsRoom(type: string, contents: readonly (string | undefined)[]): boolean {
  const isNumber = /^\d+$/.test(type);
  return contents.some((content) => {
    if (content === undefined || content.length > maxNoticeLength) return false;
    // In rooms, who says it stands before it.
    const text = content.replace(/^[^\n:]{1,128}:\n/, '').trim();
    const isTemplate = /^<sysmsg\b[^>]*\btype\s*=\s*["']sysmsgtemplate["']/.test(text);
    if (isTemplate) return (!isNumber || type === templateType) && templatesOf(text).some(saysEnd);
    return (!isNumber || type === plainType) && saysEnd(text);
  });
}

/** The names of people are not in it: it has variables for them. */
function templatesOf(xml: string): readonly string[] {
  return [...xml.matchAll(/<(template|plain)>([\s\S]*?)<\/\1>/g)].map(([, , inner = '']) =>
    inner.replace(/^\s*<!\[CDATA\[([\s\S]*)\]\]>\s*$/, '$1').trim(),
  );
}

function saysEnd(text: string): boolean {
  const wasRemoved = text.startsWith('你被') && text.endsWith('移出群聊');
  return wasRemoved || text.endsWith('已解散该群聊');
}
