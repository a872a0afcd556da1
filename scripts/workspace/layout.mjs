// Where things are in this workspace: the root, its packages and the pinned pnpm. Reads files; runs nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** @param {string} path  from the root @returns {any} */
export function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

/** The version of pnpm that `packageManager` pins. @returns {string} */
export function pinnedPnpm() {
  return readJson('package.json')
    .packageManager.replace(/^pnpm@/, '')
    .replace(/\+.*$/, '');
}

/**
 * The packages of the workspace, sorted by folder, as `pnpm-workspace.yaml` lists them.
 *
 * @returns {{ folder: string, manifest: any }[]} folders are relative to the root
 */
export function workspacePackages() {
  const yaml = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  const block = /^packages:\n((?:[ ]+- .*\n)+)/m.exec(yaml)?.[1] ?? '';
  const patterns = [...block.matchAll(/- ['"]?([^'"\n]+)/g)].map((match) => match[1]?.trim() ?? '');
  const folders = patterns.flatMap((pattern) =>
    pattern.endsWith('/*') ? children(pattern.slice(0, -2)) : [pattern],
  );
  return folders
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .sort()
    .map((folder) => ({ folder, manifest: readJson(`${folder}/package.json`) }));
}

/** The packages that are published: those not marked private. */
export function publishedPackages() {
  return workspacePackages().filter(({ manifest }) => manifest.private !== true);
}

/** @param {string} folder @returns {string[]} */
function children(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${folder}/${entry.name}`);
}
