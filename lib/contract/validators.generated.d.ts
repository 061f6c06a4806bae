// Generated from openapi.yaml by tools/contract/generate.ts. Do not edit.

import type { AppId, CallbackRequest, ContactsRefreshRequestedDetail, Cursor, FetchContactsListRequest, Limit, RefreshId, Since, SubscriptionRequest } from './types.generated.ts';

/** Where a value breaks which rule of the contract; never the value itself. */
export interface SchemaFault {
  /** JSON Pointer to the member at fault; empty for the whole value. A missing member is pointed at. */
  readonly pointer: string;
  /** The JSON Schema keyword, such as `required`, `type` or `pattern`. */
  readonly rule: string;
  /** What the rule asks for, in words. */
  readonly detail: string;
}

export declare function isFetchContactsListRequest(value: unknown): value is FetchContactsListRequest;
/** The first fault of `value` as a FetchContactsListRequest; undefined when it has none. */
export declare function faultOfFetchContactsListRequest(value: unknown): SchemaFault | undefined;

export declare function isAppId(value: unknown): value is AppId;
/** The first fault of `value` as a AppId; undefined when it has none. */
export declare function faultOfAppId(value: unknown): SchemaFault | undefined;

export declare function isRefreshId(value: unknown): value is RefreshId;
/** The first fault of `value` as a RefreshId; undefined when it has none. */
export declare function faultOfRefreshId(value: unknown): SchemaFault | undefined;

export declare function isSince(value: unknown): value is Since;
/** The first fault of `value` as a Since; undefined when it has none. */
export declare function faultOfSince(value: unknown): SchemaFault | undefined;

export declare function isSubscriptionRequest(value: unknown): value is SubscriptionRequest;
/** The first fault of `value` as a SubscriptionRequest; undefined when it has none. */
export declare function faultOfSubscriptionRequest(value: unknown): SchemaFault | undefined;

export declare function isCallbackRequest(value: unknown): value is CallbackRequest;
/** The first fault of `value` as a CallbackRequest; undefined when it has none. */
export declare function faultOfCallbackRequest(value: unknown): SchemaFault | undefined;

export declare function isContactsRefreshRequestedDetail(value: unknown): value is ContactsRefreshRequestedDetail;
/** The first fault of `value` as a ContactsRefreshRequestedDetail; undefined when it has none. */
export declare function faultOfContactsRefreshRequestedDetail(value: unknown): SchemaFault | undefined;

export declare function isLimit(value: unknown): value is Limit;
/** The first fault of `value` as a Limit; undefined when it has none. */
export declare function faultOfLimit(value: unknown): SchemaFault | undefined;

export declare function isCursor(value: unknown): value is Cursor;
/** The first fault of `value` as a Cursor; undefined when it has none. */
export declare function faultOfCursor(value: unknown): SchemaFault | undefined;
