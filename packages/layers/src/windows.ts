/** How a window of a convolution or a pooling moves along one axis: its places, and the padding that they need. */
import { OstinatoError } from '@ostinato/core';

/** valid: whole windows only. same: ⌈length / stride⌉ windows. causal: no window reaches beyond its own step. */
export type Padding = 'valid' | 'same' | 'causal';

export const PADDINGS: readonly Padding[] = ['valid', 'same', 'causal'];

/** A window along one axis. */
export interface Window {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: Padding;
}

/** A window's places on an axis of known length. */
export interface WindowPlan extends Window {
  /** Number of places. */
  readonly count: number;
  /** Steps of padding before the first step; those after the last follow from `count`. */
  readonly before: number;
}

/** Steps from a window's first to its last, both included. */
function spanOf({ size, dilation }: Window): number {
  return (size - 1) * dilation + 1;
}

/** How many windows there are on an axis; null for one of unknown length. 0 where not one fits. */
export function countWindows(length: number | null, window: Window): number | null {
  if (length === null) return null;
  const { stride, padding } = window;
  if (padding !== 'valid') return Math.ceil(length / stride);
  return Math.max(0, Math.floor((length - spanOf(window)) / stride) + 1);
}

/**
 * The places of a window on an axis of `length` steps. An odd step of `same` padding goes after, as in TensorFlow.
 *
 * Throws   `shape-mismatch` when not one window fits
 */
export function planWindow(length: number, window: Window, where: string): WindowPlan {
  const { stride, padding } = window;
  const [count, span] = [countWindows(length, window)!, spanOf(window)];
  checkWindows(count, length, window, where);
  if (padding === 'valid') return { ...window, count, before: 0 };
  if (padding === 'causal') return { ...window, count, before: span - 1 };
  const missing = Math.max(0, (count - 1) * stride + span - length);
  return { ...window, count, before: Math.floor(missing / 2) };
}

/** Throws `shape-mismatch` when an axis has no room for one window. */
export function checkWindows(
  count: number | null,
  length: number | null,
  window: Window,
  where: string,
): void {
  if (count !== 0) return;
  throw new OstinatoError('shape-mismatch', {
    where,
    what: 'The input is shorter than one window',
    expected: `at least ${spanOf(window)} steps`,
    received: `${length}`,
    fix: "Choose a smaller window or dilation, or padding: 'same'",
  });
}
