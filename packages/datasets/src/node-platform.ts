/**
 * What Node gives and browsers do not: files, folders, environment variables.
 *
 * Asked for at run time through `process.getBuiltinModule`, so that bundlers for browsers find no import of `node:*`.
 */

type Fs = typeof import('node:fs/promises');
type Path = typeof import('node:path');
type Os = typeof import('node:os');
type Url = typeof import('node:url');

export interface NodePlatform {
  readonly fs: Fs;
  readonly path: Path;
  readonly os: Os;
  readonly url: Url;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly name: string;
}

/** Node's modules, or undefined where there are none. */
export function nodePlatform(): NodePlatform | undefined {
  const node = (globalThis as { process?: NodeJS.Process }).process;
  if (typeof node?.getBuiltinModule !== 'function') return undefined;
  return {
    fs: node.getBuiltinModule('node:fs/promises'),
    path: node.getBuiltinModule('node:path'),
    os: node.getBuiltinModule('node:os'),
    url: node.getBuiltinModule('node:url'),
    env: node.env,
    name: node.platform,
  };
}

/** The folder for downloads: `OSTINATO_CACHE`, else 'ostinato' in the place the platform has for such things. */
export function defaultCacheDir({ env, os, path, name }: NodePlatform): string {
  if (env.OSTINATO_CACHE) return env.OSTINATO_CACHE;
  const home = os.homedir();
  if (name === 'darwin') return path.join(home, 'Library', 'Caches', 'ostinato');
  if (name === 'win32')
    return path.join(env.LOCALAPPDATA || path.join(home, 'AppData', 'Local'), 'ostinato', 'Cache');
  return path.join(env.XDG_CACHE_HOME || path.join(home, '.cache'), 'ostinato');
}
