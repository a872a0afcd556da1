/**
 * What an LSTM keeps of one step in a block: six slots (`slots.ts`), h_{t−1}, c_{t−1} and the activated gates i, f, o, g.
 *
 * The three gates that share an activation lie together. h_t and c_t stand where the next step begins.
 */
import { slotBytes } from './slots';

export const STEP_SLOTS: usize = 6;
/** Of the next step, all that the last one needs. */
export const STATE_SLOTS: usize = 2;

/** Bytes of one step's record. */
export function lstmRecordBytes(rows: i32, units: i32): usize {
  return STEP_SLOTS * slotBytes(rows, units);
}
