import { isPassedOperation, type PassedOperation, passedCalls } from './passed-calls.ts';

/** The calls that GeWe answers at once, by the ends of their paths. */
export type QuickOperation =
  | 'login/checkOnline'
  | 'login/setCallback'
  | 'tools/setCallback'
  | 'group/getChatroomInfo'
  | PassedOperation;
export const quickOperations: readonly QuickOperation[] = [
  'login/checkOnline',
  'login/setCallback',
  'tools/setCallback',
  'group/getChatroomInfo',
  ...Object.keys(passedCalls).filter(isPassedOperation),
];
