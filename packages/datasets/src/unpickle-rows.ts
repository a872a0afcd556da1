/**
 * A pickled NumPy object array of lists of whole numbers, read into flat arrays.
 *
 * Python's unpickler is an interpreter that can be made to run anything. This one knows the few opcodes of
 * pickle-steps.ts and the five names of pickle-globals.ts, and has nothing to run.
 */
import type { RaggedRows } from './arrays.js';
import { ByteCursor } from './byte-cursor.js';
import { PickleMachine } from './pickle-machine.js';
import { STOP, step } from './pickle-steps.js';

/**
 * Reads the pickle that fills `bytes` from `start` to the end, an array of `count` lists.
 *
 * Shapes   an object array [count] of lists → rows, of which row i is list i
 * Memory   one array of at most twice the pickle's size, whose front the numbers take, four bytes each
 * Throws   `pickle-global` when it names anything but arrays · `pickle-opcode` for other opcodes · `pickle-integer` for
 *          numbers beyond 32 bits · `file-truncated` · `pickle-invalid` for everything that no pickler writes
 */
export function unpickleRows(bytes: Uint8Array, start: number, count: number, where: string): RaggedRows {
  const cursor = new ByteCursor(bytes, where, start);
  const machine = new PickleMachine(cursor, count);
  for (let opcode = cursor.u8(); opcode !== STOP; opcode = cursor.u8()) step(machine, opcode);
  const { shape, content } = machine.result();
  const rows = machine.flatten(content!);
  const held = rows.offsets.length - 1;
  if (shape?.length === 1 && shape[0] === count && held === count) return rows;
  throw machine.bad(
    'shape and content disagree',
    `${count} rows`,
    `shape (${shape?.join(', ')}) with ${held} rows`,
  );
}
