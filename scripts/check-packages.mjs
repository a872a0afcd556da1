// node scripts/check-packages.mjs: packs every published package and checks what is in it, its types, what importing it
// costs a browser, and its size. Nothing is installed; scripts/check-installed.mjs does that. The last line has counts.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { bundle } from './packages/bundle.mjs';
import { contentProblems } from './packages/content-problems.mjs';
import { packAll } from './packages/pack.mjs';
import { sizeTable } from './packages/size-table.mjs';
import { build } from './workspace/build.mjs';
import { install } from './workspace/install.mjs';
import { root } from './workspace/layout.mjs';
import { run } from './workspace/run.mjs';
import { collectVerdicts } from './workspace/verdicts.mjs';

const limits = JSON.parse(readFileSync(new URL('./packages/size-limits.json', import.meta.url), 'utf8'));
const verdicts = collectVerdicts();
/** @type {{ title: string, gzip: number, limit: number | undefined }[]} */
const sizes = [];

/** @param {string} script  of a package in node_modules @param {string[]} args @param {string} cwd */
async function tool(script, args, cwd) {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
  const { code, output } = await run(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd,
    env,
  });
  return code === 0 ? [] : [output.trim()];
}

/** @param {import('./packages/pack.mjs').Packed} packed @param {string} folder */
async function checkPackage(packed, folder) {
  const { name, tarball, source } = packed;
  console.log(name);
  verdicts.report(
    'content',
    contentProblems(packed, (file) => existsSync(join(source, file))),
  );
  verdicts.report('publint', await tool('publint/src/cli.js', ['run', '--strict', tarball], folder));
  const attw = ['--profile', 'esm-only', '--no-definitely-typed', '--no-emoji', tarball];
  verdicts.report('types (attw)', await tool('@arethetypeswrong/cli/dist/index.js', attw, folder));

  const unused = await bundle(folder, `import '${name}';`, [name]);
  verdicts.report(
    'an unused import costs nothing',
    unused.text.trim() === '' ? [] : [unused.text.slice(0, 400)],
  );
  const whole = await bundle(folder, `export * from '${name}';`, [name]);
  verdicts.report(
    'starts without Node',
    whole.nodeImports.map((path) => `imports ${path} when it starts`),
  );
  sizes.push({ title: name, gzip: whole.gzip, limit: limits.packages[name] });
}

/** @param {{ title: string, code: string, inside: string[], without: string[], limit: number }} part @param {string} folder */
async function checkPart({ title, code, inside, without, limit }, folder) {
  try {
    const { files, gzip } = await bundle(folder, code, inside);
    const pulledIn = files.filter((file) => without.includes(basename(file, '.js')));
    verdicts.report(
      title,
      pulledIn.map((file) => `pulls in ${file}`),
    );
    sizes.push({ title, gzip, limit });
  } catch (error) {
    verdicts.report(title, [error instanceof Error ? error.message : String(error)]);
  }
}

const env = await install();
await build(env, './packages/*');
const folder = mkdtempSync(join(tmpdir(), 'ostinato-packages-'));
try {
  for (const packed of await packAll(folder, env)) await checkPackage(packed, folder);
  console.log('Parts of packages');
  for (const part of limits.parts) await checkPart(part, folder);
  const { table, problems } = sizeTable(sizes);
  console.log(`\n${table}\n`);
  verdicts.report('sizes', problems);
} finally {
  rmSync(folder, { recursive: true });
}
verdicts.finish();
