// Bundles the tfjs-layers peer: its deep imports resolve in bundlers only.
import { build } from 'esbuild';

await build({
  entryPoints: ['src/peers/tfjs-layers-peer.ts'],
  outfile: 'dist/tfjs-layers-peer.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  mainFields: ['module', 'main'],
  conditions: ['import'],
  banner: {
    js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url); const __dirname = import.meta.dirname ?? '.'; const __filename = '';",
  },
  logLevel: 'warning',
});
