// Generated from openapi.yaml by tools/contract/generate.ts. Do not edit.

export interface paths {
    readonly "/gewe/v2/api/contacts/fetchContactsList": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * 获取通讯录列表
         * @description - 本接口为长耗时接口，耗时时间根据好友数量递增，若接口返回超时可通过[获取通讯录列表缓存接口](http://doc.geweapi.com/api-139908284)获取响应结果
         *     - 本接口返回的群聊仅为[保存到通讯录中的群聊](https://zhidao.baidu.com/question/144774265918920605/answer/4326874247.html)，若想获取会话列表中的所有群聊，需要通过[消息订阅](http://doc.geweapi.com/doc-3146208)做二次处理。原因：当未获取的群有成员在群内发消息的话会有消息回调， 开发者此刻调用[获取群详情接口](http://doc.geweapi.com/api-139908289)查询群信息入库保存即可，比如说手机上三年前不说话的群，侧滑删除了，用户手机上也不会看到被删除的群聊的 ，但是有群成员说了话他会显示，原理就是各个终端（Android、IOS、桌面版微信）取得了消息回调，又去获取群详情信息，本地数据库缓存了下来，显示的手机群聊，让用户感知的。
         */
        readonly post: operations["fetchContactsList"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v2/api/contacts/fetchContactsList": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * 获取通讯录列表
         * @description - 本接口为长耗时接口，耗时时间根据好友数量递增，若接口返回超时可通过[获取通讯录列表缓存接口](http://doc.geweapi.com/api-139908284)获取响应结果
         *     - 本接口返回的群聊仅为[保存到通讯录中的群聊](https://zhidao.baidu.com/question/144774265918920605/answer/4326874247.html)，若想获取会话列表中的所有群聊，需要通过[消息订阅](http://doc.geweapi.com/doc-3146208)做二次处理。原因：当未获取的群有成员在群内发消息的话会有消息回调， 开发者此刻调用[获取群详情接口](http://doc.geweapi.com/api-139908289)查询群信息入库保存即可，比如说手机上三年前不说话的群，侧滑删除了，用户手机上也不会看到被删除的群聊的 ，但是有群成员说了话他会显示，原理就是各个终端（Android、IOS、桌面版微信）取得了消息回调，又去获取群详情信息，本地数据库缓存了下来，显示的手机群聊，让用户感知的。
         */
        readonly post: operations["fetchContactsListSelfHosted"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/gewe/v2/api/contacts/fetchContactsListCache": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * 获取通讯录列表缓存
         * @description - 本接口返回最近一次成功获取的通讯录列表，结果长期保存，立即返回，不会请求GeWe；列表的获取时间见响应头`Age`和`Last-Modified`
         *     - 若尚未保存任何结果，则返回成功但不包含`data`，请先调用[获取通讯录列表](#operation/fetchContactsList)
         */
        readonly post: operations["fetchContactsListCache"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v2/api/contacts/fetchContactsListCache": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * 获取通讯录列表缓存
         * @description - 本接口返回最近一次成功获取的通讯录列表，结果长期保存，立即返回，不会请求GeWe；列表的获取时间见响应头`Age`和`Last-Modified`
         *     - 若尚未保存任何结果，则返回成功但不包含`data`，请先调用[获取通讯录列表](#operation/fetchContactsList)
         */
        readonly post: operations["fetchContactsListCacheSelfHosted"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/gewe/v2/api/{group}/{operation}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description 接口所属模块 (the first part of a call's name)
                 * @example message
                 */
                readonly group: components["parameters"]["Group"];
                /**
                 * @description 接口名 (the second part of a call's name)
                 * @example postText
                 */
                readonly operation: components["parameters"]["Operation"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * GeWe的其他接口，原样转发 (all other GeWe calls, passed through)
         * @description The call is sent to GeWe once: the exact bytes of the body (64-bit ids stay intact), `X-GEWE-TOKEN`, `Content-Type` and `Content-Encoding`, and no other header. GeWe's status, content type and exact bytes
         *     come back. Redirects are not followed, and `Location` is removed. The setting `PASS_THROUGH` says which groups are passed through.
         *     请求体原样转发，只发送一次；GeWe返回的状态码和内容原样返回。
         *
         *     `tools/getTokenId`, with which a client of a self-hosted GeWe gets its token, needs none: `X-GEWE-TOKEN` may be absent or empty. Where `ALLOWED_TOKEN_HASHES` lists tokens, it is
         *     rejected without one (`token-missing`), as every other call is.
         *
         *     A call that could not be passed through is answered with this service's own envelope, `ret: 500` with HTTP 200: `data.code` says why, and `data.msg` whether GeWe may have carried out the call. A request may have 5,242,880
         *     bytes, an answer 4,500,000; GeWe has 27 s.
         *
         *     - A successful call that changes contacts (`contacts/deleteFriend`, `group/saveContractList`, …) requests one refresh of that device.
         *     - `login/setCallback` (`tools/setCallback`) of a token that has a callback here (see `putCallback`): the URL becomes its `forwardTo`, and GeWe is not called. The URL of
         *       that callback itself goes to GeWe, which registers it. Until that URL is registered at GeWe, any other is rejected (`invalid-request`): register it first.
         *       The token in the body must be that of the header, if either has a callback here (else `invalid-request`). When neither has one, the call goes to GeWe unchanged.
         */
        readonly post: operations["passThrough"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v2/api/{group}/{operation}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description 接口所属模块 (the first part of a call's name)
                 * @example message
                 */
                readonly group: components["parameters"]["Group"];
                /**
                 * @description 接口名 (the second part of a call's name)
                 * @example postText
                 */
                readonly operation: components["parameters"]["Operation"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * GeWe的其他接口，原样转发 (all other GeWe calls, passed through)
         * @description The call is sent to GeWe once: the exact bytes of the body (64-bit ids stay intact), `X-GEWE-TOKEN`, `Content-Type` and `Content-Encoding`, and no other header. GeWe's status, content type and exact bytes
         *     come back. Redirects are not followed, and `Location` is removed. The setting `PASS_THROUGH` says which groups are passed through.
         *     请求体原样转发，只发送一次；GeWe返回的状态码和内容原样返回。
         *
         *     `tools/getTokenId`, with which a client of a self-hosted GeWe gets its token, needs none: `X-GEWE-TOKEN` may be absent or empty. Where `ALLOWED_TOKEN_HASHES` lists tokens, it is
         *     rejected without one (`token-missing`), as every other call is.
         *
         *     A call that could not be passed through is answered with this service's own envelope, `ret: 500` with HTTP 200: `data.code` says why, and `data.msg` whether GeWe may have carried out the call. A request may have 5,242,880
         *     bytes, an answer 4,500,000; GeWe has 27 s.
         *
         *     - A successful call that changes contacts (`contacts/deleteFriend`, `group/saveContractList`, …) requests one refresh of that device.
         *     - `login/setCallback` (`tools/setCallback`) of a token that has a callback here (see `putCallback`): the URL becomes its `forwardTo`, and GeWe is not called. The URL of
         *       that callback itself goes to GeWe, which registers it. Until that URL is registered at GeWe, any other is rejected (`invalid-request`): register it first.
         *       The token in the body must be that of the header, if either has a callback here (else `invalid-request`). When neither has one, the call goes to GeWe unchanged.
         */
        readonly post: operations["passThroughSelfHosted"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/devices/{appId}/contacts/refreshes": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description 设备ID (device id)
                 * @example wx_demo
                 */
                readonly appId: components["parameters"]["AppId"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Start or join a refresh. 开始一次刷新（若已在进行则加入）
         * @description Fetches the contact list of the device from GeWe, in the background. A start joins a running refresh, or one that
         *     has just ended. Without `Prefer: wait=N` it answers at once. A request body is ignored.
         */
        readonly post: operations["startRefresh"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/devices/{appId}/contacts/refreshes/{refreshId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description 设备ID (device id)
                 * @example wx_demo
                 */
                readonly appId: components["parameters"]["AppId"];
                /**
                 * @description The `id` of a refresh.
                 * @example 0t6b3xk-4k9q2m7c1x8v5z0a
                 */
                readonly refreshId: components["parameters"]["RefreshId"];
            };
            readonly cookie?: never;
        };
        /**
         * Get the state of a refresh. 查询刷新进度
         * @description The state of one refresh. With `Prefer: wait=N` the answer waits for the end of the refresh, at most N seconds.
         *     A refresh can be read for 24 hours after its end.
         */
        readonly get: operations["getRefresh"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/devices/{appId}/contacts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description 设备ID (device id)
                 * @example wx_demo
                 */
                readonly appId: components["parameters"]["AppId"];
            };
            readonly cookie?: never;
        };
        /**
         * Get the stored list. 立即读取已保存的通讯录
         * @description The stored list, at once, however old it is: the same bytes as in the answer of `fetchContactsListCache`.
         *     With `If-None-Match`, the answer for an unchanged list is 304 without a body.
         */
        readonly get: operations["getContacts"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/devices/{appId}/contacts/changes": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description 设备ID (device id)
                 * @example wx_demo
                 */
                readonly appId: components["parameters"]["AppId"];
            };
            readonly cookie?: never;
        };
        /**
         * Get the changes since a list. 查询自某次列表以来的增减
         * @description The ids that were added and removed between the list named by `since` and the stored one. Changes are stored for
         *     30 days. When they do not reach back to `since`, one was too large to store, or more than 1,000 changes or 50,000 ids lie
         *     between, the answer is 410: read the whole list.
         */
        readonly get: operations["getChanges"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/devices/{appId}/chatrooms": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description 设备ID (device id)
                 * @example wx_demo
                 */
                readonly appId: components["parameters"]["AppId"];
            };
            readonly cookie?: never;
        };
        /**
         * Get saved and discovered chatrooms. 查询保存的和发现的群聊
         * @description The chatrooms saved to contacts and those discovered through callbacks, in one list, ordered by id.
         *     A chatroom is discovered when somebody speaks in it and the device has a subscription with `refreshOnCallbacks`.
         *     包括保存到通讯录的群聊，以及通过消息回调发现的群聊。
         */
        readonly get: operations["getChatrooms"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/devices/{appId}/subscription": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description 设备ID (device id)
                 * @example wx_demo
                 */
                readonly appId: components["parameters"]["AppId"];
            };
            readonly cookie?: never;
        };
        /**
         * Get the subscription and its state. 查询订阅
         * @description Its id, which events name; when the next refresh is due; and whether the device is offline or the token rejected.
         */
        readonly get: operations["getSubscription"];
        /**
         * Subscribe the device. 订阅：自动保持通讯录最新
         * @description Refreshes the device on a schedule and on GeWe's callbacks (see `putCallback`). The token is stored, sealed, until the subscription
         *     is deleted. An earlier subscription is replaced and its id kept; repeating the same changes nothing. The token must be one that GeWe
         *     has accepted: in an earlier refresh, or in `login/checkOnline`, which is called otherwise.
         */
        readonly put: operations["putSubscription"];
        readonly post?: never;
        /**
         * End the subscription. 取消订阅
         * @description The sealed token is deleted, too. The stored list stays. Repeating the call is harmless.
         */
        readonly delete: operations["deleteSubscription"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/callback": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get the callback of a token. 查询消息回调
         * @description Its URL, where it is forwarded to, and when the last callback came.
         */
        readonly get: operations["getCallback"];
        /**
         * Receive GeWe's callbacks of a token. 接收该token的GeWe消息回调
         * @description GeWe posts the events of a token, for all its devices, to one URL. This creates a URL of this service for it. With `register: true` the service registers it at GeWe
         *     (`login/setCallback`, self-hosted `tools/setCallback`); otherwise register it yourself. With `forwardTo` every callback is forwarded to your own bot: the
         *     same bytes and content type, with retries for a day (see `receiveCallback`). Earlier settings are replaced; the URL stays.
         *     `forwardTo` must be an http or https URL of a public address. It is checked here and for every delivery.
         */
        readonly put: operations["putCallback"];
        readonly post?: never;
        /**
         * Stop receiving callbacks. 停止接收消息回调
         * @description From then on the URL answers 404, and nothing is forwarded. GeWe still has the URL: register another one there. Repeating the call is harmless; a later `putCallback` creates another URL.
         */
        readonly delete: operations["deleteCallback"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/callbacks/{callbackId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description The last part of a callback's URL.
                 * @example 5zqkqW0Ih0mYxk4xE1sDdAAqHkM0Q3pZp2vR9c7YtLwBfN6uS8eGjK
                 */
                readonly callbackId: components["parameters"]["CallbackId"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Where GeWe posts callbacks. GeWe消息回调地址
         * @description Any body is stored, then acknowledged; it is processed afterwards. When the callback has `forwardTo`, it is forwarded there as
         *     `POST` with the same bytes and content type, at least once, in no guaranteed order, with these headers:
         *     `X-Gewe-Contacts-Delivery` (an id for deduplication: our retries have the same, and so do GeWe's repeats of a message), `X-Gewe-Contacts-Received-At` (RFC 3339, the time of
         *     receipt) and `Via: 1.1 gewe-contacts`. A status of 2xx within 30 s completes the delivery; otherwise it is retried with growing delays for a day. Redirects are not followed.
         */
        readonly post: operations["receiveCallback"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/devices/{appId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description 设备ID (device id)
                 * @example wx_demo
                 */
                readonly appId: components["parameters"]["AppId"];
            };
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /**
         * Erase everything stored for a device. 删除该设备的全部数据
         * @description Erases the list, its changes, its refreshes, its chatrooms and its subscription. A running refresh stores nothing from then on. Repeating the call
         *     is harmless; a later start begins anew.
         */
        readonly delete: operations["eraseDevice"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        readonly Token: string;
        /** @description 设备ID */
        readonly AppId: string;
        /** @description Identifies one refresh of a device; ids sort by time. */
        readonly RefreshId: string;
        /** @description Identifies a list, whatever the order of its ids. SHA-256, base64url. */
        readonly Digest: string;
        /** @description The digest of a list, or its entity tag. */
        readonly Since: string;
        /**
         * Format: date-time
         * @description RFC 3339, UTC, with milliseconds.
         */
        readonly Timestamp: string;
        readonly FetchContactsListRequest: {
            readonly appId: components["schemas"]["AppId"];
        };
        readonly Contacts: {
            /** @description 好友的wxid */
            readonly friends: readonly string[];
            /** @description 保存到通讯录中群聊的ID */
            readonly chatrooms: readonly string[];
            /** @description 关注的公众号ID */
            readonly ghs: readonly string[];
        };
        /** @description 列表 */
        readonly ContactsEnvelope: {
            /** @constant */
            readonly ret: 200;
            readonly msg: string;
            readonly data: components["schemas"]["Contacts"];
        };
        /** @description 尚未保存任何结果，没有data */
        readonly NothingStoredEnvelope: {
            /** @constant */
            readonly ret: 200;
            readonly msg: string;
        };
        /** @description 刷新仍在进行，没有data */
        readonly PendingEnvelope: {
            /** @constant */
            readonly ret: 202;
            readonly msg: string;
        };
        /** @description 失败 */
        readonly FailureEnvelope: {
            /** @constant */
            readonly ret: 500;
            readonly msg: string;
            readonly data: {
                readonly code: components["schemas"]["FailureCode"];
                readonly msg: string;
            };
        };
        readonly CallName: string;
        /** @description Anything that GeWe answers; a failure of the pass-through is a PassThroughFailureEnvelope. */
        readonly PassThroughAnswer: components["schemas"]["PassThroughFailureEnvelope"] | unknown;
        /** @description 未能转发，或未收到GeWe的返回 */
        readonly PassThroughFailureEnvelope: {
            /** @constant */
            readonly ret: 500;
            readonly msg: string;
            readonly data: {
                readonly code: components["schemas"]["PassThroughFault"] | components["schemas"]["RequestFault"];
                readonly msg: string;
            };
        };
        /**
         * @description Why a call was not passed through, or why no answer came back. After not-passed-through, request-too-large and upstream-unreachable GeWe has not carried it out; after the others it may have.
         * @enum {string}
         */
        readonly PassThroughFault: "not-passed-through" | "request-too-large" | "upstream-unreachable" | "upstream-cut-off" | "upstream-slow" | "answer-too-large";
        /** @description 接口或方法不存在 */
        readonly RoutingEnvelope: {
            /** @enum {integer} */
            readonly ret: 404 | 405;
            readonly msg: string;
            readonly data: {
                /** @enum {string} */
                readonly code: "not-found" | "method-not-allowed";
                readonly msg: string;
            };
        };
        /** @description Distinguished by `ret`. */
        readonly FetchContactsListAnswer: components["schemas"]["ContactsEnvelope"] | components["schemas"]["PendingEnvelope"] | components["schemas"]["FailureEnvelope"];
        /** @description Distinguished by `ret` and the presence of `data`. */
        readonly FetchContactsListCacheAnswer: components["schemas"]["ContactsEnvelope"] | components["schemas"]["NothingStoredEnvelope"] | components["schemas"]["FailureEnvelope"];
        /**
         * @description Why a refresh failed.
         * @enum {string}
         */
        readonly FailureClass: "token-rejected" | "device-unknown" | "device-offline" | "upstream-timeout" | "upstream-error" | "upstream-malformed" | "upstream-empty" | "worker-crashed" | "abandoned";
        /**
         * @description Why a request failed.
         * @enum {string}
         */
        readonly RequestFault: "token-missing" | "token-invalid" | "token-not-allowed" | "invalid-json" | "invalid-request" | "body-too-large" | "unavailable" | "internal-error";
        readonly FailureCode: components["schemas"]["FailureClass"] | components["schemas"]["RequestFault"];
        /** @description One background run that fetches the contacts of a device. */
        readonly Refresh: {
            readonly id: components["schemas"]["RefreshId"];
            /** @enum {string} */
            readonly status: "queued" | "running" | "succeeded" | "failed";
            /**
             * @description What started it. A refresh of the schedule that a caller joins is `api` from then on.
             * @enum {string}
             */
            readonly trigger: "api" | "schedule" | "event" | "callback" | "pass-through";
            readonly createdAt: components["schemas"]["Timestamp"];
            /** @description When a worker first claimed it; null before that. */
            readonly startedAt: components["schemas"]["Timestamp"] | null;
            /** @description Null while it is running. */
            readonly endedAt: components["schemas"]["Timestamp"] | null;
            /** @description When it counts as failed if it has not ended. While a message of it waits in line, six hours are added; at the end of the wait, what was not used of them is taken back. Absent after its end. */
            readonly deadlineAt?: components["schemas"]["Timestamp"];
            /** @description The number of list calls so far. */
            readonly attempt: number;
            /** @description The number of ids in the fetched list; null unless it succeeded. */
            readonly counts: components["schemas"]["Counts"] | null;
            /** @description The number of ids added to the list; null unless it succeeded. */
            readonly added: number | null;
            /** @description The number of ids removed from the list; null unless it succeeded. */
            readonly removed: number | null;
            /** @description Why it failed; null unless it did. */
            readonly error: components["schemas"]["RefreshError"] | null;
            /** @description The expected duration, from earlier refreshes; null when unknown. */
            readonly expectedSeconds: number | null;
        };
        /** @description The number of ids in each array of a list. */
        readonly Counts: {
            readonly friends: number;
            readonly chatrooms: number;
            readonly ghs: number;
        };
        /** @description Why a refresh failed, as a problem. */
        readonly RefreshError: {
            /** @enum {string} */
            readonly type: "urn:problem-type:gewe-contacts:token-rejected" | "urn:problem-type:gewe-contacts:device-unknown" | "urn:problem-type:gewe-contacts:device-offline" | "urn:problem-type:gewe-contacts:upstream-timeout" | "urn:problem-type:gewe-contacts:upstream-error" | "urn:problem-type:gewe-contacts:upstream-malformed" | "urn:problem-type:gewe-contacts:upstream-empty" | "urn:problem-type:gewe-contacts:worker-crashed" | "urn:problem-type:gewe-contacts:abandoned";
            readonly title: string;
            readonly detail: string;
        };
        readonly Changes: {
            readonly from: components["schemas"]["Digest"];
            readonly to: components["schemas"]["Digest"];
            /** @description When the call to GeWe that fetched the list `to` began. */
            readonly asOf: components["schemas"]["Timestamp"];
            readonly added: components["schemas"]["Contacts"];
            readonly removed: components["schemas"]["Contacts"];
        };
        readonly SubscriptionRequest: {
            /** @description The time between two scheduled refreshes, at least 60 or `MIN_REFRESH_INTERVAL_S`; absent: no schedule. 定时刷新的间隔（秒） */
            readonly refreshEverySeconds?: number;
            /**
             * @description Refresh when a callback reports a change, and discover chatrooms; true when absent. 回调报告变化时刷新，并发现群聊
             * @default true
             */
            readonly refreshOnCallbacks: boolean;
        };
        readonly Subscription: {
            readonly id: components["schemas"]["SubscriptionId"];
            /**
             * @description `stopped`: GeWe rejects the token; nothing is refreshed until the subscription is put again or a refresh succeeds.
             * @enum {string}
             */
            readonly status: "active" | "stopped";
            readonly refreshEverySeconds: number | null;
            readonly refreshOnCallbacks: boolean;
            readonly createdAt: components["schemas"]["Timestamp"];
            /** @description When the next scheduled refresh is due; null without a schedule. */
            readonly nextRefreshAt: components["schemas"]["Timestamp"] | null;
            /** @description The number of refreshes that failed in a row; each doubles the wait for the next one, up to a day. */
            readonly failures: number;
            /** @description Since when the device is known to be logged out of WeChat; null when it is not. */
            readonly offlineSince: components["schemas"]["Timestamp"] | null;
            /** @description Why the latest refresh failed; null when it succeeded. */
            readonly error: components["schemas"]["RefreshError"] | null;
        };
        /** @description Identifies the subscription in events; it is not a secret and grants no access. */
        readonly SubscriptionId: string;
        readonly CallbackRequest: {
            /**
             * @description Register the URL at GeWe. 由本服务向GeWe登记回调地址
             * @default false
             */
            readonly register: boolean;
            /** @description Where every callback is forwarded to, an http or https URL of a public address; null or absent for nowhere. 转发地址 */
            readonly forwardTo?: components["schemas"]["ForwardTarget"] | null;
        };
        readonly ForwardTarget: string;
        readonly Callback: {
            /**
             * Format: uri
             * @description The URL for GeWe. Anybody who knows it can send callbacks, so keep it secret.
             */
            readonly url: string;
            /** @description This service has registered the URL at GeWe. */
            readonly registered: boolean;
            readonly forwardTo: string | null;
            readonly createdAt: components["schemas"]["Timestamp"];
            /** @description When the last callback came, within ten seconds; null when none has. */
            readonly lastCallbackAt: components["schemas"]["Timestamp"] | null;
        };
        readonly CallbackAcknowledgement: {
            /** @constant */
            readonly ret: 200;
            readonly msg: string;
        };
        readonly Limit: number;
        readonly Cursor: string;
        readonly ChatroomPage: {
            readonly chatrooms: readonly components["schemas"]["Chatroom"][];
            /** @description The `cursor` of the next page; null on the last one. */
            readonly next: string | null;
        };
        readonly Chatroom: {
            readonly id: string;
            /** @description It is in the stored list. 已保存到通讯录 */
            readonly saved: boolean;
            /** @description It was discovered through a callback. 通过消息回调发现 */
            readonly discovered: boolean;
            /**
             * @description `left`: the account left or was removed, or the chatroom was dissolved.
             * @enum {string}
             */
            readonly status: "joined" | "left";
            readonly name: string | null;
            readonly remark: string | null;
            readonly owner: string | null;
            readonly memberCount: number | null;
            readonly firstHeardAt: components["schemas"]["Timestamp"] | null;
            /** @description Accurate to one minute. */
            readonly lastHeardAt: components["schemas"]["Timestamp"] | null;
            readonly leftAt: components["schemas"]["Timestamp"] | null;
        };
        /** @description The `detail` of the event `Contacts Changed` (docs/events.md). */
        readonly ContactsChangedDetail: {
            /** @description The same in a repeat of the event. */
            readonly eventId: string;
            /** @description Identifies the device; a hash of token and appId, from which neither can be derived. */
            readonly deviceKey: string;
            readonly subscriptionId: string | null;
            readonly refreshId: components["schemas"]["RefreshId"];
            /** @description Grows with every event of a device; an event with a smaller `rev` is older. */
            readonly rev: number;
            readonly at: components["schemas"]["Timestamp"];
            /** @description The digest of the previous list; null when there was none. */
            readonly from: components["schemas"]["Digest"] | null;
            readonly to: components["schemas"]["Digest"];
            readonly counts: components["schemas"]["Counts"];
            readonly added: number;
            readonly removed: number;
        };
        /** @description The `detail` of the event `Contacts Refresh Failed` (docs/events.md). */
        readonly ContactsRefreshFailedDetail: {
            readonly eventId: string;
            readonly deviceKey: string;
            readonly subscriptionId: string | null;
            readonly refreshId: components["schemas"]["RefreshId"];
            readonly rev: number;
            readonly at: components["schemas"]["Timestamp"];
            readonly class: components["schemas"]["FailureClass"];
        };
        /** @description The `detail` of the event `Contacts Refresh Requested`, which you may put on the bus (docs/events.md). */
        readonly ContactsRefreshRequestedDetail: {
            readonly subscriptionId: components["schemas"]["SubscriptionId"];
        };
        /** @enum {string} */
        readonly ProblemType: "urn:problem-type:gewe-contacts:token-missing" | "urn:problem-type:gewe-contacts:token-invalid" | "urn:problem-type:gewe-contacts:token-not-allowed" | "urn:problem-type:gewe-contacts:invalid-request" | "urn:problem-type:gewe-contacts:nothing-stored" | "urn:problem-type:gewe-contacts:refresh-not-found" | "urn:problem-type:gewe-contacts:not-found" | "urn:problem-type:gewe-contacts:method-not-allowed" | "urn:problem-type:gewe-contacts:changes-gone" | "urn:problem-type:gewe-contacts:subscription-not-found" | "urn:problem-type:gewe-contacts:callback-not-found" | "urn:problem-type:gewe-contacts:device-unknown" | "urn:problem-type:gewe-contacts:token-rejected" | "urn:problem-type:gewe-contacts:token-unverified" | "urn:problem-type:gewe-contacts:callback-not-registered" | "urn:problem-type:gewe-contacts:callback-too-large" | "urn:problem-type:gewe-contacts:invalid-json" | "urn:problem-type:gewe-contacts:body-too-large" | "urn:problem-type:gewe-contacts:internal-error" | "urn:problem-type:gewe-contacts:unavailable";
        /** @description RFC 9457. */
        readonly Problem: {
            readonly type: components["schemas"]["ProblemType"];
            readonly title: string;
            readonly status: number;
            readonly detail?: string;
        };
        readonly InvalidRequestProblem: components["schemas"]["Problem"] & {
            /** @constant */
            readonly type?: "urn:problem-type:gewe-contacts:invalid-request";
            /** @constant */
            readonly status?: 400;
            readonly errors: readonly components["schemas"]["InvalidMember"][];
        };
        /** @description What is wrong; never the value itself. Either `pointer` or `parameter` says where. */
        readonly InvalidMember: {
            /** @description JSON Pointer into the body. */
            readonly pointer?: string;
            /** @description The name of a path or query parameter. */
            readonly parameter?: string;
            readonly detail: string;
        };
        readonly NothingStoredProblem: components["schemas"]["Problem"] & {
            /** @constant */
            readonly type?: "urn:problem-type:gewe-contacts:nothing-stored";
            /** @constant */
            readonly status?: 404;
            /**
             * Format: uri-reference
             * @description Where to POST to start a refresh, as a reference relative to the address of the request.
             */
            readonly start: string;
        };
    };
    responses: {
        /** @description 成功。`ret`为200时返回完整列表；`ret`为202表示等待时间内（默认8秒，可用请求头`Prefer: wait=N`指定，最长25秒）尚未完成， 请稍后调用获取通讯录列表缓存接口；`ret`为500表示失败，原因见`msg`和`data.code` */
        readonly FetchContactsList: {
            headers: {
                readonly ETag: components["headers"]["ETag"];
                readonly "Last-Modified": components["headers"]["LastModified"];
                readonly Age: components["headers"]["Age"];
                readonly "Cache-Status": components["headers"]["CacheStatus"];
                readonly Vary: components["headers"]["Vary"];
                readonly "Cache-Control": components["headers"]["CacheControl"];
                readonly "Content-Encoding": components["headers"]["ContentEncoding"];
                readonly "Preference-Applied": components["headers"]["PreferenceApplied"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["FetchContactsListAnswer"];
            };
        };
        /** @description 成功。`ret`为200且有`data`时返回已保存的列表；没有`data`表示尚未保存任何结果；`ret`为500表示失败，原因见`msg`和`data.code` */
        readonly FetchContactsListCache: {
            headers: {
                readonly ETag: components["headers"]["ETag"];
                readonly "Last-Modified": components["headers"]["LastModified"];
                readonly Age: components["headers"]["Age"];
                readonly "Cache-Status": components["headers"]["CacheStatus"];
                readonly Vary: components["headers"]["Vary"];
                readonly "Cache-Control": components["headers"]["CacheControl"];
                readonly "Content-Encoding": components["headers"]["ContentEncoding"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["FetchContactsListCacheAnswer"];
            };
        };
        /** @description GeWe's answer (of any content type), or why the call was not passed through (`ret` 500 and a code of this service). */
        readonly Passed: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["PassThroughAnswer"];
            };
        };
        /** @description GeWe's answer; or 404, when the group or the operation is not a valid name. */
        readonly PassedOtherwise: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "*/*": unknown;
            };
        };
        /** @description There is no such path under a prefix of GeWe. */
        readonly UnknownGewePath: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["RoutingEnvelope"];
            };
        };
        /** @description The path exists under a prefix of GeWe, for another method. */
        readonly WrongGeweMethod: {
            headers: {
                readonly Allow: components["headers"]["Allow"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["RoutingEnvelope"];
            };
        };
        /** @description The refresh has ended, during the wait or just before the start. */
        readonly RefreshJoinedOrEnded: {
            headers: {
                readonly Location: components["headers"]["RefreshLocation"];
                readonly "Cache-Control": components["headers"]["NoStore"];
                readonly "Preference-Applied": components["headers"]["PreferenceApplied"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Refresh"];
            };
        };
        /** @description The refresh is running; its state is at `Location`. */
        readonly RefreshUnderWay: {
            headers: {
                readonly Location: components["headers"]["RefreshLocation"];
                readonly "Cache-Control": components["headers"]["NoStore"];
                readonly "Retry-After": components["headers"]["RetryAfter"];
                readonly "Preference-Applied": components["headers"]["PreferenceApplied"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Refresh"];
            };
        };
        /** @description The refresh, as it is now. */
        readonly RefreshState: {
            headers: {
                readonly "Cache-Control": components["headers"]["NoStore"];
                readonly "Retry-After": components["headers"]["RetryAfter"];
                readonly "Preference-Applied": components["headers"]["PreferenceApplied"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Refresh"];
            };
        };
        /** @description The stored list. */
        readonly Contacts: {
            headers: {
                readonly ETag: components["headers"]["ETag"];
                readonly "Last-Modified": components["headers"]["LastModified"];
                readonly Age: components["headers"]["Age"];
                readonly "Cache-Status": components["headers"]["CacheStatus"];
                readonly Vary: components["headers"]["Vary"];
                readonly "Cache-Control": components["headers"]["CacheControl"];
                readonly "Content-Encoding": components["headers"]["ContentEncoding"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["ContactsEnvelope"];
            };
        };
        /** @description The stored list is the one that `If-None-Match` names. */
        readonly ContactsNotModified: {
            headers: {
                readonly ETag: components["headers"]["ETag"];
                readonly "Last-Modified": components["headers"]["LastModified"];
                readonly Age: components["headers"]["Age"];
                readonly "Cache-Status": components["headers"]["CacheStatus"];
                readonly Vary: components["headers"]["Vary"];
                readonly "Cache-Control": components["headers"]["CacheControl"];
                readonly [name: string]: unknown;
            };
            content?: never;
        };
        /** @description What was added and removed. Both are empty when `since` is the stored list. */
        readonly Changes: {
            headers: {
                readonly "Cache-Control": components["headers"]["CacheControl"];
                /**
                 * @description Always `X-GEWE-TOKEN`.
                 * @example X-GEWE-TOKEN
                 */
                readonly Vary?: string;
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Changes"];
            };
        };
        /** @description The subscription, as it is now. */
        readonly Subscription: {
            headers: {
                readonly "Cache-Control": components["headers"]["NoStore"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Subscription"];
            };
        };
        /** @description Created; there was none before. */
        readonly SubscriptionCreated: {
            headers: {
                readonly "Cache-Control": components["headers"]["NoStore"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Subscription"];
            };
        };
        /** @description Problem `subscription-not-found`. */
        readonly SubscriptionNotFound: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly type?: "urn:problem-type:gewe-contacts:subscription-not-found";
                    /** @constant */
                    readonly status?: 404;
                };
            };
        };
        /** @description Problem `device-unknown`: GeWe knows no such device for this token. */
        readonly DeviceUnknown: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly type?: "urn:problem-type:gewe-contacts:device-unknown";
                    /** @constant */
                    readonly status?: 404;
                };
            };
        };
        /** @description Problem `token-not-allowed`: the operator of this service has not allowed this token; or `token-rejected`: GeWe does not accept it. */
        readonly ForbiddenOrRejected: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly type?: "urn:problem-type:gewe-contacts:token-not-allowed" | "urn:problem-type:gewe-contacts:token-rejected";
                    /** @constant */
                    readonly status?: 403;
                };
            };
        };
        /** @description Problem `token-unverified`: GeWe did not confirm that it accepts the token. */
        readonly TokenUnverified: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly type?: "urn:problem-type:gewe-contacts:token-unverified";
                    /** @constant */
                    readonly status?: 502;
                };
            };
        };
        /** @description Problem `callback-not-registered`: GeWe rejected the URL or did not answer, and the earlier callback is unchanged; or `token-unverified`. */
        readonly CallbackNotRegistered: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly type?: "urn:problem-type:gewe-contacts:callback-not-registered" | "urn:problem-type:gewe-contacts:token-unverified";
                    /** @constant */
                    readonly status?: 502;
                };
            };
        };
        /** @description The callback, as it is now. */
        readonly Callback: {
            headers: {
                readonly "Cache-Control": components["headers"]["NoStore"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Callback"];
            };
        };
        /** @description Created; there was none before. */
        readonly CallbackCreated: {
            headers: {
                readonly "Cache-Control": components["headers"]["NoStore"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Callback"];
            };
        };
        /** @description Problem `callback-not-found`. */
        readonly CallbackNotFound: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly type?: "urn:problem-type:gewe-contacts:callback-not-found";
                    /** @constant */
                    readonly status?: 404;
                };
            };
        };
        /** @description Stored; it will be processed. */
        readonly CallbackKept: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["CallbackAcknowledgement"];
            };
        };
        /** @description Problem `callback-too-large`: over 5 MiB. */
        readonly CallbackTooLarge: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly type?: "urn:problem-type:gewe-contacts:callback-too-large";
                    /** @constant */
                    readonly status?: 413;
                };
            };
        };
        /** @description Problem `invalid-json`, or `invalid-request`: `errors` says what is wrong in the body, or a path parameter does not have the described form. */
        readonly InvalidBody: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly type?: "urn:problem-type:gewe-contacts:invalid-json" | "urn:problem-type:gewe-contacts:invalid-request";
                    /** @constant */
                    readonly status?: 400;
                };
            };
        };
        /** @description Problem `invalid-request`: `limit`, `cursor` or a path parameter does not have the described form. */
        readonly InvalidPage: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["InvalidRequestProblem"];
            };
        };
        /** @description A page of chatrooms. */
        readonly Chatrooms: {
            headers: {
                readonly "Cache-Control": components["headers"]["CacheControl"];
                readonly Vary: components["headers"]["VaryToken"];
                readonly Link: components["headers"]["PageLink"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["ChatroomPage"];
            };
        };
        /** @description Problem `nothing-stored`: neither a list nor a chatroom is stored for this device and token. */
        readonly NoChatroomsStored: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["NothingStoredProblem"];
            };
        };
        /** @description Problem `invalid-request`: a path parameter does not have the described form. */
        readonly InvalidPath: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["InvalidRequestProblem"];
            };
        };
        /** @description Problem `invalid-request`: `since` is missing, or a parameter does not have the described form. */
        readonly InvalidSince: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["InvalidRequestProblem"];
            };
        };
        /** @description Problem `token-missing`, or `token-invalid`: not 1 to 512 visible ASCII characters. */
        readonly Unauthorized: {
            headers: {
                readonly "WWW-Authenticate": components["headers"]["WWWAuthenticate"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly type?: "urn:problem-type:gewe-contacts:token-missing" | "urn:problem-type:gewe-contacts:token-invalid";
                    /** @constant */
                    readonly status?: 401;
                };
            };
        };
        /** @description Problem `token-not-allowed`: the operator of this service has not allowed this token. */
        readonly Forbidden: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    readonly type?: "urn:problem-type:gewe-contacts:token-not-allowed";
                    /** @constant */
                    readonly status?: 403;
                };
            };
        };
        /** @description Problem `nothing-stored`: no list is stored for this device and token. `start` says where to POST. */
        readonly NoContactsStored: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["NothingStoredProblem"];
            };
        };
        /** @description Problem `nothing-stored`: no list is stored for this device and token. `start` says where to POST. */
        readonly NoChangesStored: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["NothingStoredProblem"];
            };
        };
        /** @description Problem `refresh-not-found`: this device and token have no such refresh, or it ended over 24 hours ago. */
        readonly RefreshNotFound: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    readonly type?: "urn:problem-type:gewe-contacts:refresh-not-found";
                    /** @constant */
                    readonly status?: 404;
                };
            };
        };
        /** @description Problem `changes-gone`: the stored changes do not reach back to that list, or too much has changed since. Read the whole list. */
        readonly ChangesGone: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    readonly type?: "urn:problem-type:gewe-contacts:changes-gone";
                    /** @constant */
                    readonly status?: 410;
                };
            };
        };
        /** @description Problem `body-too-large`: a body is ignored, but one of over 10 MB is rejected before it reaches a function, on AWS with API Gateway's own body. */
        readonly BodyTooLarge: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    readonly type?: "urn:problem-type:gewe-contacts:body-too-large";
                    /** @constant */
                    readonly status?: 413;
                };
            };
        };
        /** @description Problem `internal-error`: a bug in this service. */
        readonly InternalError: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    readonly type?: "urn:problem-type:gewe-contacts:internal-error";
                    /** @constant */
                    readonly status?: 500;
                };
            };
        };
        /** @description Problem `unavailable`: the database or the queue does not answer. No stored data was lost; try again after `Retry-After`. */
        readonly Unavailable: {
            headers: {
                readonly "Retry-After": components["headers"]["RetryAfter"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    readonly type?: "urn:problem-type:gewe-contacts:unavailable";
                    /** @constant */
                    readonly status?: 503;
                };
            };
        };
        /** @description Problem `not-found`: there is no such path. */
        readonly UnknownPath: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Problem `method-not-allowed`: the path exists for another method. */
        readonly WrongMethod: {
            headers: {
                readonly Allow: components["headers"]["Allow"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /**
         * @description GeWe的token，1到512个可见ASCII字符
         * @example your-gewe-token
         */
        readonly GeweToken: components["schemas"]["Token"];
        /**
         * @description GeWe的token，1到512个可见ASCII字符。tools/getTokenId可以不带 (needed by every call except `tools/getTokenId`, which returns one)
         * @example your-gewe-token
         */
        readonly PassedToken: components["schemas"]["Token"];
        /**
         * @description 设备ID (device id)
         * @example wx_demo
         */
        readonly AppId: components["schemas"]["AppId"];
        /**
         * @description 接口所属模块 (the first part of a call's name)
         * @example message
         */
        readonly Group: components["schemas"]["CallName"];
        /**
         * @description 接口名 (the second part of a call's name)
         * @example postText
         */
        readonly Operation: components["schemas"]["CallName"];
        /**
         * @description The `id` of a refresh.
         * @example 0t6b3xk-4k9q2m7c1x8v5z0a
         */
        readonly RefreshId: components["schemas"]["RefreshId"];
        /**
         * @description The digest of the list that the caller has, or its whole entity tag, `W/"<digest>"`.
         * @example iZ4pPFLp_dyaiISxdyzoq05FrAbEDsmgtmzVka52eW0
         */
        readonly Since: components["schemas"]["Since"];
        /**
         * @description The last part of a callback's URL.
         * @example 5zqkqW0Ih0mYxk4xE1sDdAAqHkM0Q3pZp2vR9c7YtLwBfN6uS8eGjK
         */
        readonly CallbackId: string;
        /**
         * @description The largest number of chatrooms in the answer, 1 to 500; 100 when absent.
         * @example 100
         */
        readonly Limit: components["schemas"]["Limit"];
        /**
         * @description The `next` of the page before.
         * @example MTQzNTg5NDUwNjdAY2hhdHJvb20
         */
        readonly Cursor: components["schemas"]["Cursor"];
        /** @description RFC 7240. `wait=N` waits up to N seconds (0 to 25, more counts as 25) for the refresh to end; `respond-async` does not wait. Unknown preferences are ignored. 等待刷新完成的秒数；`respond-async`表示不等待。 */
        readonly Prefer: string;
        /**
         * @description The entity tags of the lists that the caller has, or `*`; compared weakly (RFC 9110, 13.1.2).
         * @example W/"iZ4pPFLp_dyaiISxdyzoq05FrAbEDsmgtmzVka52eW0"
         */
        readonly IfNoneMatch: string;
    };
    requestBodies: {
        readonly FetchContactsListRequest: {
            readonly content: {
                readonly "application/json": components["schemas"]["FetchContactsListRequest"];
            };
        };
        readonly SubscriptionRequest: {
            readonly content: {
                readonly "application/json": components["schemas"]["SubscriptionRequest"];
            };
        };
        readonly CallbackRequest: {
            readonly content: {
                readonly "application/json": components["schemas"]["CallbackRequest"];
            };
        };
        /** @description A callback of GeWe's, of any shape. */
        readonly Anything: {
            readonly content: {
                readonly "*/*": unknown;
            };
        };
        /** @description 原样转发给GeWe (goes to GeWe as it is). */
        readonly Passed: {
            readonly content: {
                readonly "application/json": unknown;
                readonly "*/*": unknown;
            };
        };
        /** @description Ignored. */
        readonly Ignored: {
            readonly content: {
                readonly "*/*": unknown;
            };
        };
    };
    headers: {
        /**
         * @description Identifies the list, whatever the order of its ids. Weak, the same for gzip and identity.
         * @example W/"5ReSznXzEbuXtZBKr_FDojUmqzlm4KxEVHr9ME9kOZs"
         */
        readonly ETag: string;
        /**
         * @description When the list last changed (HTTP date).
         * @example Mon, 02 Nov 2026 08:15:30 GMT
         */
        readonly LastModified: string;
        /**
         * @description Seconds since the call to GeWe that fetched this list began.
         * @example 35
         */
        readonly Age: number;
        /**
         * @description RFC 9211. `gewe-contacts; hit` when the stored list was served; `fwd=request` when a refresh was started for it, or (`collapsed`) joined.
         * @example gewe-contacts; hit
         */
        readonly CacheStatus: string;
        /**
         * @description Always `Accept-Encoding, X-GEWE-TOKEN`.
         * @example Accept-Encoding, X-GEWE-TOKEN
         */
        readonly Vary: string;
        /**
         * @description Always `no-store`. The state of a refresh changes.
         * @example no-store
         */
        readonly NoStore: string;
        /**
         * @description Always `private, no-cache`. A private cache may store the list, and must revalidate it before each use.
         * @example private, no-cache
         */
        readonly CacheControl: string;
        /**
         * @description `gzip` when the request accepts it; otherwise the header is absent. (Prism's mock does not compress and sends `identity`.)
         * @example identity
         */
        readonly ContentEncoding: "gzip" | "identity";
        /**
         * @description RFC 7240: `wait=N`, `respond-async`, or both, as applied. With both, the answer waits for N seconds; with `respond-async` alone, not at all.
         * @example wait=10
         */
        readonly PreferenceApplied: string;
        /**
         * @description The refresh, as a reference relative to the address of the request (RFC 9110, 10.2.2): `refreshes/{refreshId}`.
         * @example refreshes/0t6b3xk-4k9q2m7c1x8v5z0a
         */
        readonly RefreshLocation: string;
        /**
         * @description Seconds to wait before the next request. On a refresh, present while it is running.
         * @example 5
         */
        readonly RetryAfter: number;
        /**
         * @description The next page, `<…>; rel="next"` (RFC 8288), as a reference relative to the address of the request; absent on the last one.
         * @example <chatrooms?limit=100&cursor=MTQzNTg5NDUwNjdAY2hhdHJvb20>; rel="next"
         */
        readonly PageLink: string;
        /**
         * @description Always `X-GEWE-TOKEN`.
         * @example X-GEWE-TOKEN
         */
        readonly VaryToken: string;
        /**
         * @description How to authenticate.
         * @example ApiKey header="X-GEWE-TOKEN"
         */
        readonly WWWAuthenticate: string;
        /**
         * @description The methods of the path.
         * @example POST
         */
        readonly Allow: string;
    };
    pathItems: never;
}
export type Token = components['schemas']['Token'];
export type AppId = components['schemas']['AppId'];
export type RefreshId = components['schemas']['RefreshId'];
export type Digest = components['schemas']['Digest'];
export type Since = components['schemas']['Since'];
export type Timestamp = components['schemas']['Timestamp'];
export type FetchContactsListRequest = components['schemas']['FetchContactsListRequest'];
export type Contacts = components['schemas']['Contacts'];
export type ContactsEnvelope = components['schemas']['ContactsEnvelope'];
export type NothingStoredEnvelope = components['schemas']['NothingStoredEnvelope'];
export type PendingEnvelope = components['schemas']['PendingEnvelope'];
export type FailureEnvelope = components['schemas']['FailureEnvelope'];
export type CallName = components['schemas']['CallName'];
export type PassThroughAnswer = components['schemas']['PassThroughAnswer'];
export type PassThroughFailureEnvelope = components['schemas']['PassThroughFailureEnvelope'];
export type PassThroughFault = components['schemas']['PassThroughFault'];
export type RoutingEnvelope = components['schemas']['RoutingEnvelope'];
export type FetchContactsListAnswer = components['schemas']['FetchContactsListAnswer'];
export type FetchContactsListCacheAnswer = components['schemas']['FetchContactsListCacheAnswer'];
export type FailureClass = components['schemas']['FailureClass'];
export type RequestFault = components['schemas']['RequestFault'];
export type FailureCode = components['schemas']['FailureCode'];
export type Refresh = components['schemas']['Refresh'];
export type Counts = components['schemas']['Counts'];
export type RefreshError = components['schemas']['RefreshError'];
export type Changes = components['schemas']['Changes'];
export type SubscriptionRequest = components['schemas']['SubscriptionRequest'];
export type Subscription = components['schemas']['Subscription'];
export type SubscriptionId = components['schemas']['SubscriptionId'];
export type CallbackRequest = components['schemas']['CallbackRequest'];
export type ForwardTarget = components['schemas']['ForwardTarget'];
export type Callback = components['schemas']['Callback'];
export type CallbackAcknowledgement = components['schemas']['CallbackAcknowledgement'];
export type Limit = components['schemas']['Limit'];
export type Cursor = components['schemas']['Cursor'];
export type ChatroomPage = components['schemas']['ChatroomPage'];
export type Chatroom = components['schemas']['Chatroom'];
export type ContactsChangedDetail = components['schemas']['ContactsChangedDetail'];
export type ContactsRefreshFailedDetail = components['schemas']['ContactsRefreshFailedDetail'];
export type ContactsRefreshRequestedDetail = components['schemas']['ContactsRefreshRequestedDetail'];
export type ProblemType = components['schemas']['ProblemType'];
export type Problem = components['schemas']['Problem'];
export type InvalidRequestProblem = components['schemas']['InvalidRequestProblem'];
export type InvalidMember = components['schemas']['InvalidMember'];
export type NothingStoredProblem = components['schemas']['NothingStoredProblem'];
export type ResponseFetchContactsList = components['responses']['FetchContactsList'];
export type ResponseFetchContactsListCache = components['responses']['FetchContactsListCache'];
export type ResponsePassed = components['responses']['Passed'];
export type ResponsePassedOtherwise = components['responses']['PassedOtherwise'];
export type ResponseUnknownGewePath = components['responses']['UnknownGewePath'];
export type ResponseWrongGeweMethod = components['responses']['WrongGeweMethod'];
export type ResponseRefreshJoinedOrEnded = components['responses']['RefreshJoinedOrEnded'];
export type ResponseRefreshUnderWay = components['responses']['RefreshUnderWay'];
export type ResponseRefreshState = components['responses']['RefreshState'];
export type ResponseContacts = components['responses']['Contacts'];
export type ResponseContactsNotModified = components['responses']['ContactsNotModified'];
export type ResponseChanges = components['responses']['Changes'];
export type ResponseSubscription = components['responses']['Subscription'];
export type ResponseSubscriptionCreated = components['responses']['SubscriptionCreated'];
export type ResponseSubscriptionNotFound = components['responses']['SubscriptionNotFound'];
export type ResponseDeviceUnknown = components['responses']['DeviceUnknown'];
export type ResponseForbiddenOrRejected = components['responses']['ForbiddenOrRejected'];
export type ResponseTokenUnverified = components['responses']['TokenUnverified'];
export type ResponseCallbackNotRegistered = components['responses']['CallbackNotRegistered'];
export type ResponseCallback = components['responses']['Callback'];
export type ResponseCallbackCreated = components['responses']['CallbackCreated'];
export type ResponseCallbackNotFound = components['responses']['CallbackNotFound'];
export type ResponseCallbackKept = components['responses']['CallbackKept'];
export type ResponseCallbackTooLarge = components['responses']['CallbackTooLarge'];
export type ResponseInvalidBody = components['responses']['InvalidBody'];
export type ResponseInvalidPage = components['responses']['InvalidPage'];
export type ResponseChatrooms = components['responses']['Chatrooms'];
export type ResponseNoChatroomsStored = components['responses']['NoChatroomsStored'];
export type ResponseInvalidPath = components['responses']['InvalidPath'];
export type ResponseInvalidSince = components['responses']['InvalidSince'];
export type ResponseUnauthorized = components['responses']['Unauthorized'];
export type ResponseForbidden = components['responses']['Forbidden'];
export type ResponseNoContactsStored = components['responses']['NoContactsStored'];
export type ResponseNoChangesStored = components['responses']['NoChangesStored'];
export type ResponseRefreshNotFound = components['responses']['RefreshNotFound'];
export type ResponseChangesGone = components['responses']['ChangesGone'];
export type ResponseBodyTooLarge = components['responses']['BodyTooLarge'];
export type ResponseInternalError = components['responses']['InternalError'];
export type ResponseUnavailable = components['responses']['Unavailable'];
export type ResponseUnknownPath = components['responses']['UnknownPath'];
export type ResponseWrongMethod = components['responses']['WrongMethod'];
export type ParameterGeweToken = components['parameters']['GeweToken'];
export type ParameterPassedToken = components['parameters']['PassedToken'];
export type ParameterAppId = components['parameters']['AppId'];
export type ParameterGroup = components['parameters']['Group'];
export type ParameterOperation = components['parameters']['Operation'];
export type ParameterRefreshId = components['parameters']['RefreshId'];
export type ParameterSince = components['parameters']['Since'];
export type ParameterCallbackId = components['parameters']['CallbackId'];
export type ParameterLimit = components['parameters']['Limit'];
export type ParameterCursor = components['parameters']['Cursor'];
export type ParameterPrefer = components['parameters']['Prefer'];
export type ParameterIfNoneMatch = components['parameters']['IfNoneMatch'];
export type RequestBodyFetchContactsListRequest = components['requestBodies']['FetchContactsListRequest'];
export type RequestBodySubscriptionRequest = components['requestBodies']['SubscriptionRequest'];
export type RequestBodyCallbackRequest = components['requestBodies']['CallbackRequest'];
export type RequestBodyAnything = components['requestBodies']['Anything'];
export type RequestBodyPassed = components['requestBodies']['Passed'];
export type RequestBodyIgnored = components['requestBodies']['Ignored'];
export type HeaderETag = components['headers']['ETag'];
export type HeaderLastModified = components['headers']['LastModified'];
export type HeaderAge = components['headers']['Age'];
export type HeaderCacheStatus = components['headers']['CacheStatus'];
export type HeaderVary = components['headers']['Vary'];
export type HeaderNoStore = components['headers']['NoStore'];
export type HeaderCacheControl = components['headers']['CacheControl'];
export type HeaderContentEncoding = components['headers']['ContentEncoding'];
export type HeaderPreferenceApplied = components['headers']['PreferenceApplied'];
export type HeaderRefreshLocation = components['headers']['RefreshLocation'];
export type HeaderRetryAfter = components['headers']['RetryAfter'];
export type HeaderPageLink = components['headers']['PageLink'];
export type HeaderVaryToken = components['headers']['VaryToken'];
export type HeaderWwwAuthenticate = components['headers']['WWWAuthenticate'];
export type HeaderAllow = components['headers']['Allow'];
export type $defs = Record<string, never>;
export interface operations {
    readonly fetchContactsList: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /**
                 * @description GeWe的token，1到512个可见ASCII字符
                 * @example your-gewe-token
                 */
                readonly "X-GEWE-TOKEN": components["parameters"]["GeweToken"];
                /** @description RFC 7240. `wait=N` waits up to N seconds (0 to 25, more counts as 25) for the refresh to end; `respond-async` does not wait. Unknown preferences are ignored. 等待刷新完成的秒数；`respond-async`表示不等待。 */
                readonly Prefer?: components["parameters"]["Prefer"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: components["requestBodies"]["FetchContactsListRequest"];
        readonly responses: {
            readonly 200: components["responses"]["FetchContactsList"];
        };
    };
    readonly fetchContactsListSelfHosted: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /**
                 * @description GeWe的token，1到512个可见ASCII字符
                 * @example your-gewe-token
                 */
                readonly "X-GEWE-TOKEN": components["parameters"]["GeweToken"];
                /** @description RFC 7240. `wait=N` waits up to N seconds (0 to 25, more counts as 25) for the refresh to end; `respond-async` does not wait. Unknown preferences are ignored. 等待刷新完成的秒数；`respond-async`表示不等待。 */
                readonly Prefer?: components["parameters"]["Prefer"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: components["requestBodies"]["FetchContactsListRequest"];
        readonly responses: {
            readonly 200: components["responses"]["FetchContactsList"];
        };
    };
    readonly fetchContactsListCache: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /**
                 * @description GeWe的token，1到512个可见ASCII字符
                 * @example your-gewe-token
                 */
                readonly "X-GEWE-TOKEN": components["parameters"]["GeweToken"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: components["requestBodies"]["FetchContactsListRequest"];
        readonly responses: {
            readonly 200: components["responses"]["FetchContactsListCache"];
        };
    };
    readonly fetchContactsListCacheSelfHosted: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /**
                 * @description GeWe的token，1到512个可见ASCII字符
                 * @example your-gewe-token
                 */
                readonly "X-GEWE-TOKEN": components["parameters"]["GeweToken"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: components["requestBodies"]["FetchContactsListRequest"];
        readonly responses: {
            readonly 200: components["responses"]["FetchContactsListCache"];
        };
    };
    readonly passThrough: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /**
                 * @description GeWe的token，1到512个可见ASCII字符。tools/getTokenId可以不带 (needed by every call except `tools/getTokenId`, which returns one)
                 * @example your-gewe-token
                 */
                readonly "X-GEWE-TOKEN": components["parameters"]["PassedToken"];
            };
            readonly path: {
                /**
                 * @description 接口所属模块 (the first part of a call's name)
                 * @example message
                 */
                readonly group: components["parameters"]["Group"];
                /**
                 * @description 接口名 (the second part of a call's name)
                 * @example postText
                 */
                readonly operation: components["parameters"]["Operation"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: components["requestBodies"]["Passed"];
        readonly responses: {
            readonly 200: components["responses"]["Passed"];
            readonly default: components["responses"]["PassedOtherwise"];
        };
    };
    readonly passThroughSelfHosted: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /**
                 * @description GeWe的token，1到512个可见ASCII字符。tools/getTokenId可以不带 (needed by every call except `tools/getTokenId`, which returns one)
                 * @example your-gewe-token
                 */
                readonly "X-GEWE-TOKEN": components["parameters"]["PassedToken"];
            };
            readonly path: {
                /**
                 * @description 接口所属模块 (the first part of a call's name)
                 * @example message
                 */
                readonly group: components["parameters"]["Group"];
                /**
                 * @description 接口名 (the second part of a call's name)
                 * @example postText
                 */
                readonly operation: components["parameters"]["Operation"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: components["requestBodies"]["Passed"];
        readonly responses: {
            readonly 200: components["responses"]["Passed"];
            readonly default: components["responses"]["PassedOtherwise"];
        };
    };
    readonly startRefresh: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description RFC 7240. `wait=N` waits up to N seconds (0 to 25, more counts as 25) for the refresh to end; `respond-async` does not wait. Unknown preferences are ignored. 等待刷新完成的秒数；`respond-async`表示不等待。 */
                readonly Prefer?: components["parameters"]["Prefer"];
            };
            readonly path: {
                /**
                 * @description 设备ID (device id)
                 * @example wx_demo
                 */
                readonly appId: components["parameters"]["AppId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: components["requestBodies"]["Ignored"];
        readonly responses: {
            readonly 200: components["responses"]["RefreshJoinedOrEnded"];
            readonly 202: components["responses"]["RefreshUnderWay"];
            readonly 400: components["responses"]["InvalidPath"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 413: components["responses"]["BodyTooLarge"];
            readonly 500: components["responses"]["InternalError"];
            readonly 503: components["responses"]["Unavailable"];
        };
    };
    readonly getRefresh: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description RFC 7240. `wait=N` waits up to N seconds (0 to 25, more counts as 25) for the refresh to end; `respond-async` does not wait. Unknown preferences are ignored. 等待刷新完成的秒数；`respond-async`表示不等待。 */
                readonly Prefer?: components["parameters"]["Prefer"];
            };
            readonly path: {
                /**
                 * @description 设备ID (device id)
                 * @example wx_demo
                 */
                readonly appId: components["parameters"]["AppId"];
                /**
                 * @description The `id` of a refresh.
                 * @example 0t6b3xk-4k9q2m7c1x8v5z0a
                 */
                readonly refreshId: components["parameters"]["RefreshId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["RefreshState"];
            readonly 400: components["responses"]["InvalidPath"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["RefreshNotFound"];
            readonly 500: components["responses"]["InternalError"];
            readonly 503: components["responses"]["Unavailable"];
        };
    };
    readonly getContacts: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description The entity tags of the lists that the caller has, or `*`; compared weakly (RFC 9110, 13.1.2).
                 * @example W/"iZ4pPFLp_dyaiISxdyzoq05FrAbEDsmgtmzVka52eW0"
                 */
                readonly "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            readonly path: {
                /**
                 * @description 设备ID (device id)
                 * @example wx_demo
                 */
                readonly appId: components["parameters"]["AppId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Contacts"];
            readonly 304: components["responses"]["ContactsNotModified"];
            readonly 400: components["responses"]["InvalidPath"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NoContactsStored"];
            readonly 500: components["responses"]["InternalError"];
            readonly 503: components["responses"]["Unavailable"];
        };
    };
    readonly getChanges: {
        readonly parameters: {
            readonly query: {
                /**
                 * @description The digest of the list that the caller has, or its whole entity tag, `W/"<digest>"`.
                 * @example iZ4pPFLp_dyaiISxdyzoq05FrAbEDsmgtmzVka52eW0
                 */
                readonly since: components["parameters"]["Since"];
            };
            readonly header?: never;
            readonly path: {
                /**
                 * @description 设备ID (device id)
                 * @example wx_demo
                 */
                readonly appId: components["parameters"]["AppId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Changes"];
            readonly 400: components["responses"]["InvalidSince"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NoChangesStored"];
            readonly 410: components["responses"]["ChangesGone"];
            readonly 500: components["responses"]["InternalError"];
            readonly 503: components["responses"]["Unavailable"];
        };
    };
    readonly getChatrooms: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The largest number of chatrooms in the answer, 1 to 500; 100 when absent.
                 * @example 100
                 */
                readonly limit?: components["parameters"]["Limit"];
                /**
                 * @description The `next` of the page before.
                 * @example MTQzNTg5NDUwNjdAY2hhdHJvb20
                 */
                readonly cursor?: components["parameters"]["Cursor"];
            };
            readonly header?: never;
            readonly path: {
                /**
                 * @description 设备ID (device id)
                 * @example wx_demo
                 */
                readonly appId: components["parameters"]["AppId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Chatrooms"];
            readonly 400: components["responses"]["InvalidPage"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["NoChatroomsStored"];
            readonly 500: components["responses"]["InternalError"];
            readonly 503: components["responses"]["Unavailable"];
        };
    };
    readonly getSubscription: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description 设备ID (device id)
                 * @example wx_demo
                 */
                readonly appId: components["parameters"]["AppId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Subscription"];
            readonly 400: components["responses"]["InvalidPath"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["SubscriptionNotFound"];
            readonly 500: components["responses"]["InternalError"];
            readonly 503: components["responses"]["Unavailable"];
        };
    };
    readonly putSubscription: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description 设备ID (device id)
                 * @example wx_demo
                 */
                readonly appId: components["parameters"]["AppId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody: components["requestBodies"]["SubscriptionRequest"];
        readonly responses: {
            readonly 200: components["responses"]["Subscription"];
            readonly 201: components["responses"]["SubscriptionCreated"];
            readonly 400: components["responses"]["InvalidBody"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["ForbiddenOrRejected"];
            readonly 404: components["responses"]["DeviceUnknown"];
            readonly 413: components["responses"]["BodyTooLarge"];
            readonly 500: components["responses"]["InternalError"];
            readonly 502: components["responses"]["TokenUnverified"];
            readonly 503: components["responses"]["Unavailable"];
        };
    };
    readonly deleteSubscription: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description 设备ID (device id)
                 * @example wx_demo
                 */
                readonly appId: components["parameters"]["AppId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description There is no subscription (any more). 已取消 */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["InvalidPath"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 500: components["responses"]["InternalError"];
            readonly 503: components["responses"]["Unavailable"];
        };
    };
    readonly getCallback: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 200: components["responses"]["Callback"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 404: components["responses"]["CallbackNotFound"];
            readonly 500: components["responses"]["InternalError"];
            readonly 503: components["responses"]["Unavailable"];
        };
    };
    readonly putCallback: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: components["requestBodies"]["CallbackRequest"];
        readonly responses: {
            readonly 200: components["responses"]["Callback"];
            readonly 201: components["responses"]["CallbackCreated"];
            readonly 400: components["responses"]["InvalidBody"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["ForbiddenOrRejected"];
            readonly 413: components["responses"]["BodyTooLarge"];
            readonly 500: components["responses"]["InternalError"];
            readonly 502: components["responses"]["CallbackNotRegistered"];
            readonly 503: components["responses"]["Unavailable"];
        };
    };
    readonly deleteCallback: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description There is no callback (any more). 已停止 */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 500: components["responses"]["InternalError"];
            readonly 503: components["responses"]["Unavailable"];
        };
    };
    readonly receiveCallback: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description The last part of a callback's URL.
                 * @example 5zqkqW0Ih0mYxk4xE1sDdAAqHkM0Q3pZp2vR9c7YtLwBfN6uS8eGjK
                 */
                readonly callbackId: components["parameters"]["CallbackId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: components["requestBodies"]["Anything"];
        readonly responses: {
            readonly 200: components["responses"]["CallbackKept"];
            readonly 404: components["responses"]["UnknownPath"];
            readonly 413: components["responses"]["CallbackTooLarge"];
            readonly 500: components["responses"]["InternalError"];
            readonly 503: components["responses"]["Unavailable"];
        };
    };
    readonly eraseDevice: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description 设备ID (device id)
                 * @example wx_demo
                 */
                readonly appId: components["parameters"]["AppId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Nothing is stored for this device (any more). 已删除 */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["InvalidPath"];
            readonly 401: components["responses"]["Unauthorized"];
            readonly 403: components["responses"]["Forbidden"];
            readonly 500: components["responses"]["InternalError"];
            readonly 503: components["responses"]["Unavailable"];
        };
    };
}
