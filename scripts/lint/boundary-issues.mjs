// What `turbo boundaries` found. It parses every .ts file as TypeScript, has no way to leave files out, and stumbles over the
// decorators of AssemblyScript; those files import nothing but one another.

/**
 * The number of issues that are not AssemblyScript's syntax, or undefined when the output names no number.
 *
 * @param {string} output  of `turbo boundaries`, without colours
 */
export function withoutAssemblyScript(output) {
  // It wraps its lines anywhere, file names included.
  const text = output.replace(/[\s|]+/g, '');
  if (/,noissuesfound/.test(text)) return 0;
  const total = /,(\d+)issues?found/.exec(text)?.[1];
  const unparsed =
    text.match(/xfailedtoparsefile[^:]*\/packages\/kernels\/assembly\/[\w-]+\.ts:parserpanicked/g) ?? [];
  return total === undefined ? undefined : Number(total) - unparsed.length;
}
