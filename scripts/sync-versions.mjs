// node scripts/sync-versions.mjs: writes each package's version into its plugin, which stores it in saved models.
// Part of `pnpm version-packages`; scripts/check-installed.mjs refuses a package whose plugin says another version.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withPluginVersion } from './packages/plugin-version.mjs';
import { publishedPackages, root } from './workspace/layout.mjs';

for (const { folder, manifest } of publishedPackages()) {
  const source = join(root, folder, 'src');
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  )) {
    const before = readFileSync(join(source, file), 'utf8');
    const after = withPluginVersion(before, manifest.name, manifest.version);
    if (after === before) continue;
    writeFileSync(join(source, file), after);
    console.log(`${folder}/src/${file}: ${manifest.version}`);
  }
}
