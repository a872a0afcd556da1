/** Node's own modules, without an import that a bundler for browsers would try to follow. */

/** What is used of them. */
export interface NodeModules {
  readonly module: { createRequire(url: string): { resolve(name: string): string } };
  readonly path: { join(...parts: string[]): string; dirname(path: string): string };
  readonly fs: { readFileSync(path: string | URL): Uint8Array<ArrayBuffer> };
}

interface NodeProcess {
  readonly versions?: { readonly node?: string };
  getBuiltinModule?(name: string): unknown;
}

/** Undefined where this is not Node (or another runtime with its modules). */
export function nodeModules(): NodeModules | undefined {
  const { process } = globalThis as { process?: NodeProcess };
  if (process?.versions?.node === undefined || !process.getBuiltinModule) return undefined;
  return {
    module: process.getBuiltinModule('node:module') as NodeModules['module'],
    path: process.getBuiltinModule('node:path') as NodeModules['path'],
    fs: process.getBuiltinModule('node:fs') as NodeModules['fs'],
  };
}
