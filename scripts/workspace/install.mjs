// Installs the dependencies once per lockfile, with the pinned pnpm fetched by npm: neither pnpm nor corepack is needed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { pinnedPnpm, root, workspacePackages } from './layout.mjs';
import { runStep } from './run.mjs';

const stampFile = join(root, 'node_modules', '.ostinato-installed.json');

/**
 * Makes node_modules match the lockfile; does nothing when it does already.
 *
 * @returns {Promise<NodeJS.ProcessEnv>} the environment in which `pnpm` and the workspace's tools are found
 */
export async function install() {
  const key = installKey();
  const stamp = readStamp();
  if (stamp?.key === key && hasPnpm(stamp.pnpmFolder)) return environment(stamp.pnpmFolder);

  const version = pinnedPnpm();
  const pnpmFolder = await fetchPnpm(version);
  const env = { ...environment(pnpmFolder), CI: 'true' };
  const title = `Installing about ${countLockedPackages()} packages with pnpm ${version} (first run only; about half a minute, less with a warm cache)`;
  await runStep(title, 'pnpm', ['install', '--frozen-lockfile'], env);
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, `${JSON.stringify({ key, pnpmFolder })}\n`);
  return environment(pnpmFolder);
}

/** A digest of all that decides what an install puts into node_modules. */
function installKey() {
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'];
  for (const { folder } of workspacePackages()) files.push(`${folder}/package.json`);
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** @returns {{ key: string, pnpmFolder: string } | undefined} */
function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * The folder in which npm keeps the pinned pnpm.
 *
 * It is remembered, because `npm exec` asks the registry each time, and a second run must work without a network.
 *
 * @param {string} version
 * @returns {Promise<string>}
 */
async function fetchPnpm(version) {
  const script = 'process.stdout.write(process.env.PATH ?? process.env.Path)';
  const args = ['exec', '--yes', `--package=pnpm@${version}`, '--', 'node', '-e', script];
  const path = await runStep(`Fetching pnpm ${version} with npm`, 'npm', args);
  const folder = path.split(delimiter).find(hasPnpm);
  if (folder === undefined) throw new Error(`npm exec offers no pnpm ${version} on its PATH: ${path}`);
  return folder;
}

/** @param {string} folder */
function hasPnpm(folder) {
  return existsSync(join(folder, process.platform === 'win32' ? 'pnpm.cmd' : 'pnpm'));
}

/** @param {string} pnpmFolder @returns {NodeJS.ProcessEnv} */
function environment(pnpmFolder) {
  const tools = [join(root, 'node_modules', '.bin'), pnpmFolder, process.env.PATH];
  return {
    ...process.env,
    PATH: tools.join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
  };
}

/** The locked packages that this platform needs; a package for others names them in `os` or `cpu`. */
function countLockedPackages() {
  const lock = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8');
  const packages = lock.slice(lock.indexOf('\npackages:\n'), lock.indexOf('\nsnapshots:\n'));
  const allows = (/** @type {string} */ entry, /** @type {string} */ field, /** @type {string} */ value) => {
    const list = new RegExp(`^ {4}${field}: \\[(.*)\\]$`, 'm').exec(entry)?.[1];
    return list === undefined || list.split(', ').includes(value);
  };
  return packages
    .split(/\n(?= {2}\S)/)
    .slice(1)
    .filter((entry) => allows(entry, 'os', process.platform) && allows(entry, 'cpu', process.arch)).length;
}
