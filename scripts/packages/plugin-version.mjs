// The version that a package's plugin states: `name: '@ostinato/layers', version: '0.1.0'` in its source.

/** @param {string} source @param {string} name  of the package @param {string} version */
export function withPluginVersion(source, name, version) {
  return source.replace(new RegExp(`(name: '${name}',\\s*version: ')[^']*(')`), `$1${version}$2`);
}
