/** Weights by patterns of their paths. */

/**
 * Whether a pattern is a run of whole parts of a path; `*` stands for any characters within a part.
 *
 * `bias` matches `dense/bias` and `lstm/forward/bias`; `dense*` every weight of `dense` and `dense_1`; `embedding/*`
 * those just below `embedding`.
 */
export function matchesPath(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const parts = path.split('/');
  return parts.some(
    (_, start) =>
      start + wanted.length <= parts.length &&
      wanted.every((piece, i) => matchesPart(piece.split('*'), parts[start + i]!)),
  );
}

/** The fixed texts between stars, each found at its first possible place: no way back, so long patterns stay cheap. */
function matchesPart(texts: readonly string[], part: string): boolean {
  const [first, last] = [texts[0]!, texts.at(-1)!];
  if (texts.length === 1) return part === first;
  if (!part.startsWith(first) || !part.endsWith(last)) return false;
  let from = first.length;
  for (const text of texts.slice(1, -1)) {
    const found = part.indexOf(text, from);
    if (found < 0) return false;
    from = found + text.length;
  }
  return from + last.length <= part.length;
}
