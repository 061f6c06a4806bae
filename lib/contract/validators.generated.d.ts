// Generated from openapi.yaml by tools/contract/generate.ts. Do not edit.

import type { AppId, FetchContactsListRequest, RefreshId, Since } from './types.generated.ts';

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
