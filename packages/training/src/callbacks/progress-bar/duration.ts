/** Durations as people say them. */

/** `0.8 s`, `42 s`, `1 min 25 s`, `2 h 10 min` */
export function showDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  const roundedMinutes = Math.round(whole / 60);
  return `${Math.floor(roundedMinutes / 60)} h ${String(roundedMinutes % 60).padStart(2, '0')} min`;
}

/** The same for something short: `81 ms`, `2.5 s` */
export function showBatchTime(seconds: number): string {
  return seconds < 1 ? `${(1000 * seconds).toFixed(0)} ms` : showDuration(seconds);
}
