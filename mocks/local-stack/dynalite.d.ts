/** The part of dynalite 4 that the local stack uses; the package has no types of its own. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  export interface DynaliteOptions {
    /** The folder of a LevelDB store; in memory when absent. One process at a time. */
    readonly path?: string;
    /** How long a table stays in CREATING. */
    readonly createTableMs?: number;
  }

  /** Not listening yet. `close` also closes the store. */
  export default function dynalite(options?: DynaliteOptions): Server;
}
