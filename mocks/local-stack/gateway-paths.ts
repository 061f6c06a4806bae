import { surfaceOf } from '../../lib/http/request.ts';

/**
 * hapi resolves dot segments and decodes letters before it looks for a route, so that a function would take such a path
 * for a plain one. The path in whose surface's words a request is refused for that; undefined when it is taken.
 * `target`: as it stands in the request line. `path`: what hapi made of it.
 */
export function refusedPath(target: string, path: string): string | undefined {
  const sent = sentPath(target);
  const told = isGewe(sent) ? sent : path;
  if (hasDotSegment(sent)) return told;
  // Names of GeWe's are plain: nothing that had to be decoded, cut off or put in order is one.
  return isGewe(told) && (sent.includes('%') || sent !== path) ? told : undefined;
}

/** Without the origin of the absolute form, and without the query. */
function sentPath(target: string): string {
  const start = /^[a-z][a-z\d+.-]*:\/\/[^/\\?#]*/i.exec(target)?.[0].length ?? 0;
  const query = target.indexOf('?', start);
  return query === -1 ? target.slice(start) : target.slice(start, query);
}

/** In the absolute form, a backslash is read as a slash. */
function hasDotSegment(path: string): boolean {
  return path.split(/[/\\]/).some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));
}

function isGewe(path: string): boolean {
  return surfaceOf(path) === 'gewe';
}
