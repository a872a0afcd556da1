// The programs in a README: each fenced block of TypeScript. All are meant to run; `no-run REASON` after the language
// says that one does not, and why: ```ts no-run: downloads 17 MB

/**
 * @typedef {object} Snippet
 * @property {string} code
 * @property {number} line  of the README at which the code begins, counted from 1
 * @property {string | undefined} skip  the reason not to run it
 */

/** @param {string} markdown @returns {Snippet[]} */
export function snippets(markdown) {
  const fences = markdown.matchAll(/^```(?:ts|typescript)\b([^\n]*)\n([\s\S]*?)^```[ \t]*$/gm);
  return [...fences].map((match) => ({
    code: match[2] ?? '',
    line: markdown.slice(0, match.index).split('\n').length + 1,
    skip: skipReason(match[1]?.trim() ?? ''),
  }));
}

/** @param {string} info  what follows the language in the opening line */
function skipReason(info) {
  const marked = /^no-run\b:?\s*(.*)$/.exec(info);
  if (marked === null) return undefined;
  if (!marked[1]) throw new Error('A snippet marked no-run gives its reason: ```ts no-run: REASON');
  return marked[1];
}

/** The packages that a piece of TypeScript imports, without their paths. @param {string} code @returns {string[]} */
export function importedPackages(code) {
  const specifiers = [...code.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"./][^'"]*)['"]/g)].map(
    (match) => match[1] ?? '',
  );
  const names = specifiers.filter((specifier) => !specifier.startsWith('node:'));
  return [
    ...new Set(
      names.map((name) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
    ),
  ];
}
