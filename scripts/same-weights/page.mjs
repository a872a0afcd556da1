// What runs in the browser: the program's own network, fit and digest, inside a worker. Bundled by `chromium.mjs`.
import { useBackend } from '@ostinato/backend';
import { createRegistry } from '@ostinato/core';
import { createKernels } from '@ostinato/kernels';
import { layers } from '@ostinato/layers';
import { createModel } from '../../apps/imdb/dist/recipe.js';

/** @typedef {import('./settings.mjs').Job} Job */

/** @param {string} path @returns {Promise<ArrayBuffer>} */
const fetched = async (path) => (await fetch(path)).arrayBuffer();

/** Trains as `ostinato-imdb train` does. @param {Job} job */
async function train({ model: kind, threads, settings }) {
  const kernels = createKernels({ threads });
  const registry = createRegistry([layers, kernels]);
  const backend = await useBackend('wasm', { wasmPath: new URL('/wasm/', location.href).href });
  await registry.ready();
  const { maxLen, numWords, units, seed, epochs, batchSize, validationSplit } = settings;
  const options = {
    model: kind,
    numWords,
    embedding: settings.embedding,
    units,
    maxLen,
    seed,
    bucket: false,
    fused: /** @type {const} */ ('required'),
  };
  const model = createModel(options, registry);
  const [x, y] = [new Int32Array(await fetched('/x')), new Float32Array(await fetched('/y'))];
  await model.fit(
    { data: x, shape: [y.length, maxLen] },
    { data: y, shape: [y.length] },
    { epochs, batchSize, validationSplit },
  );
  return { digest: await model.weightsSha256(), backend: backend.backend, threads: kernels.threads() };
}

/** Where the page itself, and not a worker, asks: only how many threads there are. @param {number} threads */
export async function threadsHere(threads) {
  const kernels = createKernels({ threads });
  await createRegistry([kernels]).ready();
  return kernels.threads();
}

if (typeof document === 'object') {
  Object.assign(globalThis, { threadsHere });
} else {
  self.onmessage = (/** @type {MessageEvent<Job | number>} */ { data }) => {
    const answer = typeof data === 'number' ? threadsHere(data) : train(data);
    answer.then(
      (result) => self.postMessage({ result }),
      (/** @type {Error} */ error) => self.postMessage({ error: `${error.message}\n${error.stack}` }),
    );
  };
}
