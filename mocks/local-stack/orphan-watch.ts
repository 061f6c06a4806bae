import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const intervalMs = 500;

/**
 * Calls back when the npm that ran this process is gone. Between the two stands a shell: a SIGTERM that npm passes on
 * ends the shell alone, and a killed npm can pass nothing on. Without npm nobody is watched: whoever starts this
 * process by itself may leave it running.
 */
export function watchNpm(onGone: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  // Some shells replace themselves with the command: then the parent is npm, whose own parent is not our business.
  const npm = isShell(shell) ? parentOf(shell) : undefined;
  const timer = setInterval(() => {
    if (process.ppid === shell && (npm === undefined || parentOf(shell) === npm)) return;
    clearInterval(timer);
    onGone();
  }, intervalMs);
  timer.unref();
}

function isShell(pid: number): boolean {
  return /^\S*sh\s/.test(columnOf(pid, 'args') ?? '');
}

function parentOf(pid: number): number | undefined {
  if (process.platform !== 'linux') return Number(columnOf(pid, 'ppid'));
  try {
    // "pid (name) state ppid …"; the name may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function columnOf(pid: number, column: 'args' | 'ppid'): string | undefined {
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { stdio: 'pipe' })
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}
