// Compiles the ceiling's loop to WebAssembly.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

await mkdir('dist', { recursive: true });
const source = await readFile('assembly/ceiling.ts', 'utf8');
const { error, binary, stderr } = await asc.compileString(source, {
  optimizeLevel: 3,
  runtime: 'stub',
  noAssert: true,
  enable: ['simd'],
});
if (error) throw new Error(stderr.toString());
await writeFile('dist/ceiling.wasm', binary);
