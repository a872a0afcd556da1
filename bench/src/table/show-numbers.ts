/** How figures are written. */

/** Three figures that matter: `0.0421 ms`, `5.13 ms`, `1,240 ms`. */
export function showMillis(millis: number): string {
  return `${showFigure(millis)} ms`;
}

/** How many times as long as ours: `2.4 ×`, `0.85 ×`, `86 ×`. */
export function showRatio(ratio: number): string {
  if (ratio >= 10) return `${ratio.toFixed(0)} ×`;
  return `${ratio >= 1 ? ratio.toFixed(1) : ratio.toPrecision(2)} ×`;
}

export function showPercent(part: number): string {
  return `${(100 * part).toFixed(0)} %`;
}

function showFigure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  const decimals = value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.1 ? 3 : 4;
  return value.toFixed(decimals);
}
