// Sizes and their limits as a table for people, and what is over its limit or has none.

/**
 * @param {readonly { title: string, gzip: number, limit: number | undefined }[]} sizes  bytes
 * @returns {{ table: string, problems: string[] }}
 */
export function sizeTable(sizes) {
  const rows = sizes.map(({ title, gzip, limit }) => [
    title,
    kilobytes(gzip),
    limit === undefined ? 'none' : kilobytes(limit),
  ]);
  const lines = [['minified, gzip', 'size', 'limit'], ...rows];
  const width = Math.max(...lines.map(([title]) => title?.length ?? 0));
  const table = lines.map(
    ([title, size, limit]) => `  ${title?.padEnd(width)}  ${size?.padStart(9)}  ${limit?.padStart(9)}`,
  );
  const problems = sizes.flatMap(({ title, gzip, limit }) => {
    if (limit === undefined) return [`${title} has no limit in scripts/packages/size-limits.json`];
    return gzip > limit ? [`${title} is ${gzip - limit} bytes over its limit of ${limit}`] : [];
  });
  return { table: table.join('\n'), problems };
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
