// Runs in a user's project: imports a package and says, as JSON, what it exports and what importing it changed.
// Usage: node import-probe.mjs NAME

/** What an import must leave as it was: the globals, and all that is registered with tfjs. @param {any} tf */
function snapshot(tf) {
  return {
    globals: Object.getOwnPropertyNames(globalThis).sort(),
    backends: Object.keys(tf?.engine().registryFactory ?? {}).sort(),
    kernels: ['cpu', 'wasm'].map((backend) => tf?.getKernelsForBackend(backend).length),
  };
}

/** @param {string} name */
async function importOrNothing(name) {
  try {
    return await import(name);
  } catch (error) {
    if (/** @type {any} */ (error).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

const [name = ''] = process.argv.slice(2);
const tf = await importOrNothing('@tensorflow/tfjs-core');
const before = snapshot(tf);
const module = await import(name);
const after = snapshot(tf);
const changed = Object.entries(before).filter(
  ([key, value]) => JSON.stringify(value) !== JSON.stringify(/** @type {any} */ (after)[key]),
);
const plugins = Object.values(module).filter(
  (value) => value?.name === name && typeof value.version === 'string',
);
const report = {
  exports: Object.keys(module),
  changed: changed.map(([key]) => key),
  pluginVersions: plugins.map(({ version }) => version),
};
console.log(JSON.stringify(report));
