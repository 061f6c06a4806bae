import type { Watcher } from './watcher.ts';

const nothing = () => undefined;

/** Counts nothing. */
export const quietWatcher: Watcher = {
  started: nothing,
  ended: nothing,
  served: nothing,
  called: nothing,
  refused: nothing,
  buried: nothing,
  notServed: nothing,
  due: nothing,
  callbackHandled: nothing,
  eventDropped: nothing,
  relayed: nothing,
  chatroomCalled: nothing,
};
