/** What a receiver of callbacks answered; `status` is undefined when it could not be reached in time. */
export interface Posted {
  readonly status: number | undefined;
}

/** GeWe gives up on a delivery after 3 s (its documentation). */
const postTimeoutMs = 3_000;

/** The callback URL of each token. */
export type CallbackUrls = Map<string, string>;

/** Posts a body to a receiver of callbacks, once, as it is. */
export async function postTo(
  url: string,
  body: Uint8Array<ArrayBuffer> | string,
  contentType = 'application/json',
): Promise<Posted> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': contentType },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(postTimeoutMs),
    });
    await response.body?.cancel();
    return { status: response.status };
  } catch {
    return { status: undefined };
  }
}

/** What GeWe posts to a URL that is being set: the hosted service, and the self-hosted builds. */
export function probeOf(kind: 'hosted' | 'self-hosted', token: string, callBackUrl: string): string {
  return JSON.stringify(
    kind === 'hosted' ? { msg: '设置订阅成功!!', callBackUrl } : { testMsg: '回调地址测试', token },
  );
}
