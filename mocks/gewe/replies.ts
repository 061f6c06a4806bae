import { HttpResponse } from 'msw/http';

/** What a call is answered with. */
export type Reply =
  /** GeWe's envelope, with HTTP 200 whatever it says. */
  | { readonly kind: 'envelope'; readonly envelope: unknown }
  | { readonly kind: 'text'; readonly status: number; readonly contentType: string; readonly text: string }
  /** The length of the whole envelope is announced; half of it is sent; the connection is closed. */
  | { readonly kind: 'cut'; readonly envelope: unknown }
  | { readonly kind: 'reset' }
  | { readonly kind: 'never' };

export const success = (data: unknown): Reply => envelope({ ret: 200, msg: '操作成功', data });

/** How the cache operation says that it has nothing yet. */
export const noData: Reply = envelope({ ret: 200, msg: '操作成功' });

/** A business error, as GeWe tells it of a device. `what`: which call failed, in its words. */
export const failed = (why: string, what = '获取联系人列表失败'): Reply =>
  envelope({ ret: 500, msg: what, data: { code: '-1', msg: why } });

export function envelope(value: unknown): Reply {
  return { kind: 'envelope', envelope: value };
}

const json = 'application/json;charset=UTF-8';

/** For every reply but `never`, whose caller waits until the client has gone. */
export function toResponse(reply: Reply): Response {
  switch (reply.kind) {
    case 'envelope':
      return respond(200, json, JSON.stringify(reply.envelope));
    case 'text':
      return respond(reply.status, reply.contentType, reply.text);
    case 'cut':
      return cutInHalf(JSON.stringify(reply.envelope));
    case 'reset':
    case 'never':
      return HttpResponse.error();
  }
}

function respond(status: number, contentType: string, text: string): Response {
  const headers = { 'Content-Type': contentType, 'Content-Length': String(Buffer.byteLength(text)) };
  return new HttpResponse(text, { status, headers });
}

/** A body that fails after its first half: `fetch` under msw sees it fail, and the standalone server cuts its socket. */
function cutInHalf(text: string): Response {
  const bytes = Buffer.from(text);
  let sent = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (sent) controller.error(new Error('The mock cuts this answer off.'));
        else controller.enqueue(new Uint8Array(bytes.subarray(0, bytes.length / 2)));
        sent = true;
      },
    },
    // Nothing is asked for before it is read: an error would discard what waits to be read.
    { highWaterMark: 0 },
  );
  const headers = { 'Content-Type': json, 'Content-Length': String(bytes.length) };
  return new HttpResponse(body, { headers });
}
