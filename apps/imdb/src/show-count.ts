/** Counts and lists in words. */

/** `25,000`, in any locale. */
export function showCount(count: number): string {
  return count.toLocaleString('en');
}

/** `1 thread`, `2 threads`, `25,000 reviews` */
export function countOf(count: number, thing: string): string {
  return `${showCount(count)} ${thing}${count === 1 ? '' : 's'}`;
}

/** `simple-rnn, lstm and gru` */
export function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
