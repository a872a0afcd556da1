// Compiles assembly/ to WebAssembly and writes it, in base64, to src/wasm-binary.ts. `--check` compares instead of writing:
// the compiler is pinned and its output the same everywhere, so the file in the repository must be what comes out.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('..', import.meta.url));
const target = new URL('../src/wasm-binary.ts', import.meta.url);

/** @returns {Promise<string>} the text of src/wasm-binary.ts */
export async function generate() {
  /** @type {Map<string, Uint8Array>} */
  const written = new Map();
  const { error, stderr } = await asc.main(
    // 112: a global of type v128 has no JavaScript form; 201: a decorator is named. Neither concerns the module.
    [
      'assembly/index.ts',
      '--outFile',
      'kernels.wasm',
      '--runtime',
      'stub',
      '--importMemory',
      '--sharedMemory',
      '--maximumMemory',
      '65536',
      '--noAssert',
      '-O3',
      '--shrinkLevel',
      '1',
      '--enable',
      'simd',
      '--enable',
      'threads',
      '--disableWarning',
      '112',
      '--disableWarning',
      '201',
      '--baseDir',
      folder,
    ],
    { stderr: asc.createMemoryStream(), writeFile: (name, contents) => void written.set(name, contents) },
  );
  const binary = written.get('kernels.wasm');
  if (error || !binary) throw new Error(`AssemblyScript failed:\n${stderr}`);
  const text = Buffer.from(binary).toString('base64');
  return `// Generated from assembly/ by scripts/build-wasm.mjs; ${binary.length} bytes of WebAssembly. Do not edit.\nexport const wasmBase64 =\n  '${text}';\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await generate();
  if (process.argv.includes('--check')) {
    if ((await readFile(target, 'utf8')) !== text)
      throw new Error('src/wasm-binary.ts is not what assembly/ compiles to');
  } else {
    await writeFile(target, text);
  }
}
