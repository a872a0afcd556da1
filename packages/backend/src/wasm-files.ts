/**
 * Finds the `.wasm` file of tfjs' wasm backend, so that nobody has to configure a path.
 *
 * In Node it lies beside a bundle, or in the installed package. In a browser it is where the bundler put it: Vite,
 * webpack and Parcel recognise `new URL('package/file', import.meta.url)` and emit the file; others leave it to the
 * page's owner to serve the files beside the bundle. A candidate counts only when its first bytes are those of wasm: development servers
 * answer any path with a page.
 */
import { OstinatoError } from '@ostinato/core';
import { type NodeModules, nodeModules } from './node-modules.js';

/** The builds of tfjs' wasm backend; tfjs loads the one that the engine can run. */
export type WasmFileName = 'tfjs-backend-wasm.wasm' | 'tfjs-backend-wasm-simd.wasm';

const PACKAGE = '@tensorflow/tfjs-backend-wasm';
const MAGIC = [0, 0x61, 0x73, 0x6d]; // '\0asm'

/**
 * The path of that file.
 *
 * @param given a folder or a `.wasm` file that the user names; then no other place is tried
 *
 * Throws   `wasm-file` with the places that were tried
 */
export async function findWasmFile(name: WasmFileName, given?: string): Promise<string> {
  const node = nodeModules();
  const tried: string[] = [];
  const known = (): string[] => (node ? placesInNode(name, node, tried) : placesInBrowsers(name));
  const candidates = given === undefined ? known() : [inFolder(given, name)];
  for (const path of candidates) {
    const reason = node ? checkFile(path, node) : await checkUrl(path);
    if (reason === undefined) return path;
    tried.push(`${path} (${reason})`);
  }
  throw new OstinatoError('wasm-file', {
    where: 'useBackend',
    what: `The file ${name} of ${PACKAGE} was not found`,
    received: tried.join(', '),
    fix: 'Serve or install that package\'s dist folder and name it: useBackend("wasm", { wasmPath })',
  });
}

function inFolder(given: string, name: string): string {
  if (given.endsWith('.wasm')) return given;
  return given === '' || given.endsWith('/') ? given + name : `${given}/${name}`;
}

/** Only in CommonJS, and not to be asked for by `typeof`: webpack answers that beforehand, for modules too. */
declare const __filename: string;

/** The path or URL of this module, or of the bundle that it is in. */
function ownPlace(): string | undefined {
  try {
    return __filename;
  } catch {
    return import.meta.url;
  }
}

/**
 * Beside this module first: a bundle has its own version of tfjs in it, and what is installed somewhere above may be another.
 *
 * `tried` is told of what cannot even be looked for.
 */
function placesInNode(name: WasmFileName, { module, path }: NodeModules, tried: string[]): string[] {
  const here = ownPlace();
  if (here === undefined) {
    tried.push('beside the bundle (it does not know its place)');
    return [];
  }
  const beside = here.startsWith('file:') ? new URL(name, here).href : path.join(path.dirname(here), name);
  try {
    const entry = module.createRequire(here).resolve(PACKAGE);
    return [beside, path.join(path.dirname(entry), name)];
  } catch (error) {
    const missing = (error as { code?: string }).code === 'MODULE_NOT_FOUND';
    tried.push(`${PACKAGE} (${missing ? 'not installed' : error})`);
    return [beside];
  }
}

function placesInBrowsers(name: WasmFileName): string[] {
  const emitted = emittedUrls()[name];
  const besideBundle = import.meta.url; // not written into new URL(…): bundlers would look for a file to emit
  return [...new Set([emitted, besidePackage(emitted), new URL(name, besideBundle).href])];
}

/** Bundlers that know this form replace each by the URL of the file that they emit. */
function emittedUrls(): Readonly<Record<WasmFileName, string>> {
  return {
    'tfjs-backend-wasm.wasm': new URL(
      '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm',
      import.meta.url,
    ).href,
    'tfjs-backend-wasm-simd.wasm': new URL(
      '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
      import.meta.url,
    ).href,
  };
}

/**
 * Vite bundles dependencies beforehand while developing, and then takes that form for a path from this package's dist
 * folder: tfjs' package lies beside this one.
 */
function besidePackage(emitted: string): string {
  return new URL(emitted.replace('/@tensorflow/', '/../../../@tensorflow/')).href;
}

/** Why a file is not usable, or undefined. tfjs cannot recover from a damaged one, so it is read through. */
function checkFile(path: string, node: NodeModules): string | undefined {
  try {
    const file = path.startsWith('file:') ? new URL(path) : path;
    return WebAssembly.validate(node.fs.readFileSync(file)) ? undefined : 'it is not a valid wasm file';
  } catch (error) {
    return (error as { code?: string }).code === 'ENOENT' ? 'no such file' : String(error);
  }
}

async function checkUrl(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { credentials: 'same-origin' });
    if (!response.ok) return `status ${response.status}`;
    const bytes = new Uint8Array(await response.arrayBuffer());
    return MAGIC.every((byte, i) => bytes[i] === byte) ? undefined : 'the answer is not a wasm file';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
