/**
 * What a step of a gated recurrent unit keeps: h before it, then z, r, n, and h·Rh + ch (reset after) or r⊙h (reset before).
 *
 * Each lies in a slot of its own, so that z and r are one run for the activation of the gates.
 */
import { slotBytes } from './slots';

const SLOTS: usize = 5;

/** Bytes of one step's record. */
export function gruRecordBytes(rows: i32, units: i32): usize {
  return SLOTS * slotBytes(rows, units);
}
