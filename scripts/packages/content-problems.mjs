// What a published package must and must not contain, judged from its packed manifest and its list of files.

const forbidden = ['@tensorflow/tfjs', '@tensorflow/tfjs-layers', '@tensorflow/tfjs-node'];
const tfjsCore = '@tensorflow/tfjs-core';

/**
 * @param {{ name: string, manifest: any, files: readonly string[] }} packed
 * @param {(file: string) => boolean} sourceExists  whether the package's folder holds a file
 * @returns {string[]} one sentence a problem
 */
export function contentProblems({ name, manifest, files }, sourceExists) {
  const dependencies = {
    ...manifest.dependencies,
    ...manifest.peerDependencies,
    ...manifest.optionalDependencies,
  };
  const problems = [];
  for (const [dependency, range] of Object.entries(dependencies)) {
    if (forbidden.includes(dependency))
      problems.push(`depends on ${dependency}, which its users must not have to install`);
    if (/^(workspace|catalog|file|link):/.test(range))
      problems.push(`${dependency} is '${range}', which only this workspace understands`);
  }
  if (manifest.dependencies?.[tfjsCore])
    problems.push(`${tfjsCore} is a dependency; a peer dependency keeps one copy of it`);
  if (manifest.sideEffects !== false) problems.push('`sideEffects` is not false');
  if (manifest.type !== 'module') problems.push('`type` is not module');
  if (manifest.license !== 'MIT') problems.push('`license` is not MIT');
  if (!manifest.description) problems.push('no description');
  for (const file of ['README.md', 'LICENSE'])
    if (!files.includes(file)) problems.push(`no ${file} in the package`);
  if (!name.startsWith('@ostinato/')) problems.push('its name is not in @ostinato');
  return [...problems, ...files.flatMap((file) => fileProblems(file, sourceExists))];
}

/** @param {string} file @param {(file: string) => boolean} sourceExists */
function fileProblems(file, sourceExists) {
  if (/\.test\.|(^|\/)(goldens|__snapshots__)\//.test(file)) return [`${file} is for tests only`];
  const built = /^dist\/(.+)\.js$/.exec(file)?.[1];
  if (built !== undefined && !sourceExists(`src/${built}.ts`)) {
    return [`${file} has no source (src/${built}.ts): a leftover; delete dist and build again`];
  }
  return [];
}
