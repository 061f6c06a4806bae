import { gunzipSync, gzipSync } from 'node:zlib';
import type { Contacts } from '../../device/contacts.ts';

/**
 * A list as it is stored and served: the whole answer of the GeWe-compatible API, gzip. Non-ASCII is escaped, which keeps
 * the text one byte a character in memory, wherever it is copied. Undefined when the text would be larger than `maxBodyBytes`.
 */
export function packBody({ friends, chatrooms, ghs }: Contacts): Uint8Array | undefined {
  const body = JSON.stringify({ ret: 200, msg: '操作成功', data: { friends, chatrooms, ghs } });
  const text = body.replace(/[\u007f-\uffff]/g, escapeUnit);
  return text.length > maxBodyBytes ? undefined : gzipSync(text, { level: 6 });
}

/** A Lambda function's answer ends at 6 MB (AWS quota), and who takes no gzip gets the text. */
export const maxBodyBytes = 5 * 1024 * 1024;

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The list in bytes that `packBody` made. */
export function unpackBody(gzip: Uint8Array): Contacts {
  const { data }: { data: Contacts } = JSON.parse(gunzipSync(gzip).toString('latin1'));
  return data;
}
