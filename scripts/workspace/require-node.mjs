// Says so when Node is too old, before anything else is loaded. Keep this file's syntax plain: old Nodes read it too.
import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/**
 * The sentence for a Node that is too old, or undefined.
 *
 * @param {string} version  such as '20.19.0'
 * @param {string} range    the `engines.node` of a package, always of the form '>=major.minor'
 */
export function nodeTooOld(version, range) {
  const [wantedMajor = 0, wantedMinor = 0] = range.replace('>=', '').split('.').map(Number);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return undefined;
  return `Ostinato needs Node ${wantedMajor}.${wantedMinor} or newer; this is Node ${version}. Install a newer one (https://nodejs.org), or try: npx --yes node@24 ${process.argv[1] || ''}`;
}

const complaint = nodeTooOld(process.versions.node, manifest.engines.node);
if (complaint !== undefined) {
  process.stderr.write(`${complaint}\n`);
  process.exit(1);
}
