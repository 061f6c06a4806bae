/** Lets so many in at a time; the others wait in line. */
export interface Gate {
  /** Gives what to call on leaving; calling that again is harmless. Rejects with the signal's reason when it aborts first. */
  enter(signal: AbortSignal): Promise<() => void>;
}

export function createGate(places: number): Gate {
  let free = places;
  const line: (() => void)[] = [];
  const pass = (): (() => void) => {
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      const next = line.shift();
      if (next) next();
      else free += 1;
    };
  };
  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return pass();
      }
      return new Promise((resolve, reject) => {
        const onTurn = () => {
          signal.removeEventListener('abort', onAbort);
          resolve(pass());
        };
        const onAbort = () => {
          line.splice(line.indexOf(onTurn), 1);
          reject(signal.reason);
        };
        line.push(onTurn);
        signal.addEventListener('abort', onAbort, { once: true });
      });
    },
  };
}
