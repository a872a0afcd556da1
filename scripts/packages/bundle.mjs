// What a browser would load: bundles made by esbuild from the unpacked packages.
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/**
 * @typedef {object} Bundle
 * @property {string} text           the minified code
 * @property {number} gzip           bytes of it, compressed
 * @property {string[]} files        the files that contribute code, relative to the folder
 * @property {string[]} nodeImports  `node:` modules it imports when it starts, which no browser has
 */

/**
 * Bundles a piece of code for the browser.
 *
 * @param {string} folder    where `node_modules` with the packages is
 * @param {string} code      an ES module that imports them
 * @param {string[]} inside  the packages whose code goes into the bundle; all others stay outside
 * @returns {Promise<Bundle>}
 */
export async function bundle(folder, code, inside) {
  const { metafile, outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder, sourcefile: 'entry.js' },
    absWorkingDir: folder,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    outfile: 'bundle.js',
    logLevel: 'silent',
    plugins: [leaveOutside(inside)],
  });
  const [output] = Object.values(metafile.outputs);
  const text = outputFiles[0]?.text ?? '';
  const contributing = Object.entries(output?.inputs ?? {}).filter(
    ([, { bytesInOutput }]) => bytesInOutput > 0,
  );
  const atStart = (output?.imports ?? []).filter(({ kind }) => kind === 'import-statement');
  return {
    text,
    gzip: gzipSync(text, { level: 9 }).length,
    files: contributing.map(([file]) => file).filter((file) => file !== 'entry.js'),
    nodeImports: atStart.map(({ path }) => path).filter((path) => path.startsWith('node:')),
  };
}

/** @param {string[]} inside @returns {import('esbuild').Plugin} */
function leaveOutside(inside) {
  return {
    name: 'leave-outside',
    setup({ onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ path }) =>
        inside.includes(path) ? undefined : { path, external: true, sideEffects: false },
      );
    },
  };
}
