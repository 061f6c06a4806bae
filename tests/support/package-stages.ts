import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { packageStage, type Stage } from './packaged.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where each stage was packaged. */
    packagedIn: Readonly<Record<Stage, string>>;
  }
}

/** Packages both stages once, for all tests of the project. Gives what deletes them. */
export default async function packageStages(project: TestProject): Promise<() => void> {
  // One after the other: both bundle in the same folder, `.esbuild`.
  const dev = await packageStage('dev');
  const prod = await packageStage('prod');
  project.provide('packagedIn', { dev, prod });
  return () => {
    for (const folder of [dev, prod]) rmSync(folder, { recursive: true, force: true });
  };
}
