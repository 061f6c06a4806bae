/** What a stack takes of its account's concurrent executions. */
export interface AccountNeeds {
  /** The `maximumConcurrency` of all event source mappings together. */
  readonly polled: number;
  /** What the functions are to have reserved, and what they have now. */
  readonly reserved: number;
  readonly reservedNow: number;
}

/** What Lambda's GetAccountSettings says of an account in a region. */
export interface AccountLimit {
  readonly ConcurrentExecutions: number;
  readonly UnreservedConcurrentExecutions: number;
}

/** AWS refuses a reservation that leaves less; where the limit is lower, it refuses each. */
const alwaysUnreserved = 100;

/** Executions that the queues have to leave for requests, the schedule and events. */
export const forRequests = 2;

/** What does not fit the account, for the operator, each with what to do; empty when all does. */
export function accountFaults(needs: AccountNeeds, limit: AccountLimit): readonly string[] {
  const { polled, reserved, reservedNow } = needs;
  const { ConcurrentExecutions: all, UnreservedConcurrentExecutions: unreservedNow } = limit;
  const unreserved = unreservedNow + reservedNow - reserved;
  const least = Math.min(alwaysUnreserved, all);
  const faults: string[] = [];
  if (reserved > reservedNow && unreserved < least) {
    faults.push(
      `WAITING_CONCURRENCY reserves ${reserved} for its functions together and leaves ${Math.max(0, unreserved)} unreserved, ` +
        `but AWS keeps ${least}: lower it or unset it`,
    );
  }
  // A reservation that is refused anyway says nothing of the queues.
  const left = faults.length === 0 ? unreserved : unreservedNow + reservedNow;
  if (polled + forRequests > left) {
    faults.push(
      `the queues may use ${polled} of the ${left} unreserved, and ${forRequests} must be left for requests: ` +
        'lower MAX_LIST_CALLS, CALLBACK_CONCURRENCY or FORWARD_CONCURRENCY',
    );
  }
  return faults;
}
