// Reads the arguments of a script, and explains it with the comment that it begins with.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * `parseArgs` for a script: `--help` prints its first comment and ends, and so does what cannot be meant, with exit code 1.
 *
 * @template {import('node:util').ParseArgsConfig} Config
 * @param {string} url  `import.meta.url` of the script
 * @param {Config} config
 * @param {readonly string[]} counts  options that must be whole numbers, 0 or more
 * @returns {ReturnType<typeof parseArgs<Config>>}
 */
export function readArguments(url, config, counts = []) {
  const options = { ...config.options, help: /** @type {const} */ ({ type: 'boolean', default: false }) };
  try {
    const found = parseArgs({ ...config, options });
    const values = /** @type {Record<string, unknown>} */ (found.values);
    if (values.help) {
      console.log(firstComment(url));
      process.exit(0);
    }
    for (const name of counts) {
      const value = values[name];
      if (value !== undefined && !/^\d{1,9}$/.test(String(value)))
        throw new Error(`--${name} is a whole number, not '${value}'`);
    }
    return /** @type {ReturnType<typeof parseArgs<Config>>} */ (found);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${firstComment(url)}`);
    process.exit(1);
  }
}

/** @param {string} url */
function firstComment(url) {
  const lines = readFileSync(fileURLToPath(url), 'utf8').split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^\/\/ ?/, ''))
    .join('\n');
}
