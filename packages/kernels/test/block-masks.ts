// Dropout masks of gates as the compiled kernels take them, for one block, between guards.
import type { KernelRuntime } from '../src/kernel-runtime.js';
import type { Guarded } from './guarded-memory.js';
import { randomValues } from './random-values.js';

/** The address of two slots of room and a mask for each gate, half of whose values are zeros. */
export function blockMasks(
  runtime: KernelRuntime,
  memory: Guarded,
  name: string,
  [rows, gates, columns]: readonly [number, number, number],
): number {
  const slotBytes = runtime.wasm.slotBytes(rows, columns);
  const address = memory.output(name, (2 + gates) * slotBytes);
  const count = (gates * slotBytes) / 4;
  const masks = randomValues(count, 11).map((value) => (value > 0 ? 2 : 0));
  runtime.storage.heap.floats(address + 2 * slotBytes, count).set(masks);
  return address;
}
