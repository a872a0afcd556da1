// node scripts/check-installed.mjs [NAME…]: packs every published package, installs each with npm into an empty project
// outside the workspace, imports it there, type-checks it, and runs and type-checks the snippets of its README.
// The last line is `N passed, N failed`.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packAll } from './packages/pack.mjs';
import { installInto, typeCheck } from './packages/user-project.mjs';
import { runSnippet } from './readme/run-snippet.mjs';
import { importedPackages, snippets } from './readme/snippets.mjs';
import { build } from './workspace/build.mjs';
import { install } from './workspace/install.mjs';
import { root } from './workspace/layout.mjs';
import { run } from './workspace/run.mjs';
import { collectVerdicts } from './workspace/verdicts.mjs';

/** @typedef {import('./packages/pack.mjs').Packed} Packed */
/** @typedef {import('./readme/snippets.mjs').Snippet} Snippet */

const tsc = join(root, 'node_modules/typescript/bin/tsc');
const typeRoots = [join(root, 'node_modules/@types')];
const verdicts = collectVerdicts();

/** @param {Packed} packed @param {Packed[]} all @param {string} project */
async function checkInstalled({ name, manifest, files, unpacked }, all, project) {
  console.log(name);
  const readme = files.includes('README.md')
    ? snippets(readFileSync(join(unpacked, 'README.md'), 'utf8'))
    : [];
  const runnable = readme.filter(({ skip }) => skip === undefined);
  const names = new Set([
    name,
    ...Object.keys(manifest.peerDependencies ?? {}),
    ...runnable.flatMap(({ code }) => importedPackages(code)),
  ]);
  const installed = await installInto(project, [...names], all, { ...manifest.peerDependencies });
  verdicts.report(`installs, with ${[...names].slice(1).join(', ') || 'nothing else'}`, installed);
  if (installed.length > 0) return;

  verdicts.report(
    'imports, and importing changes nothing',
    await importProblems(name, manifest.version, project),
  );
  writeFileSync(
    join(project, 'imports.ts'),
    `import * as all from '${name}';\nexport const names: string[] = Object.keys(all);\n`,
  );
  verdicts.report(
    'type-checks without types of Node',
    await typeCheck(project, tsc, { files: ['imports.ts'], types: [], typeRoots }),
  );
  await checkSnippets(runnable, project);
}

/** @param {Snippet[]} runnable @param {string} project */
async function checkSnippets(runnable, project) {
  verdicts.report('its README has a snippet that runs', runnable.length > 0 ? [] : ['it has none']);
  for (const snippet of runnable) {
    const file = `snippet-line-${snippet.line}.ts`;
    writeFileSync(join(project, file), `${snippet.code}\nexport {};\n`);
    const types = await typeCheck(project, tsc, { files: [file], types: ['node'], typeRoots });
    verdicts.report(`README line ${snippet.line} type-checks`, types);
    verdicts.report(`README line ${snippet.line} runs`, await runSnippet(snippet, project));
  }
}

/** @param {string} name @param {string} version @param {string} project */
async function importProblems(name, version, project) {
  copyFileSync(join(root, 'scripts/packages/import-probe.mjs'), join(project, 'import-probe.mjs'));
  const { code, output, stdout } = await run(process.execPath, ['import-probe.mjs', name], {
    cwd: project,
    timeout: 60_000,
  });
  if (code !== 0) return [output.trim()];
  const { exports, changed, pluginVersions } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
  const problems = changed.map((/** @type {string} */ what) => `importing it changes the ${what}`);
  for (const stated of pluginVersions) {
    if (stated !== version)
      problems.push(
        `its plugin says version ${stated}, the package is ${version}: node scripts/sync-versions.mjs`,
      );
  }
  return exports.length > 0 ? problems : [...problems, 'it exports nothing'];
}

const asked = process.argv.slice(2);
const env = await install();
await build(env, './packages/*');
const folder = mkdtempSync(join(tmpdir(), 'ostinato-installed-'));
try {
  const all = await packAll(join(folder, 'packed'), env);
  for (const packed of all) {
    const short = packed.name.replace('@ostinato/', '');
    if (asked.length > 0 && !asked.includes(short)) continue;
    await checkInstalled(packed, all, join(folder, short));
  }
} finally {
  rmSync(folder, { recursive: true });
}
verdicts.finish();
