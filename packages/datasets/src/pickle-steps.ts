/**
 * What each opcode of pickle protocols 2 to 5 does, as far as object arrays of lists of whole numbers use it.
 *
 * Source   Python's `pickletools`, where each opcode is described
 */
import { OstinatoError } from '@ostinato/core';
import { latin1 } from './byte-cursor.js';
import { buildObject, callGlobal, knownGlobal } from './pickle-globals.js';
import type { PickleMachine } from './pickle-machine.js';
import { APPENDS, BININT, BININT1, BININT2 } from './pickle-numbers.js';

export const STOP = 0x2e;
const NEWEST_PROTOCOL = 5;

type Step = (machine: PickleMachine) => void;

/** The steps by opcode; STOP ends the loop of unpickle-rows.ts. */
const STEPS: ReadonlyMap<number, Step> = /* @__PURE__ */ new Map<number, Step>([
  [BININT1, (m) => m.push(m.cursor.u8())],
  [BININT2, (m) => m.push(m.cursor.u16())],
  [BININT, (m) => m.push(m.cursor.i32())],
  [0x8a, (m) => m.push(longInteger(m))], // LONG1
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x55, (m) => m.push(text(m, m.cursor.u8()))], // SHORT_BINSTRING
  [0x43, (m) => m.push(text(m, m.cursor.u8()))], // SHORT_BINBYTES
  [0x8c, (m) => m.push(text(m, m.cursor.u8()))], // SHORT_BINUNICODE
  [0x58, (m) => m.push(text(m, m.cursor.u32()))], // BINUNICODE
  [0x5d, (m) => m.pushList()], // EMPTY_LIST
  [0x61, (m) => m.append(m.below(1))], // APPEND
  [APPENDS, (m) => m.append(m.popMark())],
  [0x28, (m) => m.mark()], // MARK
  [0x29, (m) => m.tuple(m.below(0))], // EMPTY_TUPLE
  [0x85, (m) => m.tuple(m.below(1))], // TUPLE1
  [0x86, (m) => m.tuple(m.below(2))], // TUPLE2
  [0x87, (m) => m.tuple(m.below(3))], // TUPLE3
  [0x74, (m) => m.tuple(m.popMark())], // TUPLE
  [0x71, (m) => m.remember(m.cursor.u8())], // BINPUT
  [0x72, (m) => m.remember(m.cursor.u32())], // LONG_BINPUT
  [0x94, (m) => m.rememberNext()], // MEMOIZE
  [0x68, (m) => m.recall(m.cursor.u8())], // BINGET
  [0x6a, (m) => m.recall(m.cursor.u32())], // LONG_BINGET
  [0x63, (m) => global(m, m.cursor.line(), m.cursor.line())], // GLOBAL
  [0x93, stackGlobal], // STACK_GLOBAL
  [0x52, reduce], // REDUCE
  [0x62, build], // BUILD
  [0x80, protocol], // PROTO
  [0x95, (m) => void m.cursor.take(8)], // FRAME: a hint for buffered reading; all bytes are here already
]);

/** Carries out one opcode. Throws `pickle-opcode` for those that arrays of lists have no need of. */
export function step(machine: PickleMachine, opcode: number): void {
  const known = STEPS.get(opcode);
  if (known === undefined) throw unknownOpcode(machine, opcode);
  known(machine);
}

function unknownOpcode(machine: PickleMachine, opcode: number): OstinatoError {
  return new OstinatoError('pickle-opcode', {
    where: machine.cursor.where,
    what: `The pickle uses an opcode that arrays of lists have no need of (byte ${machine.cursor.position - 1})`,
    expected: 'the opcodes of an object array of lists of whole numbers, protocols 2 to 5',
    received: `0x${opcode.toString(16).padStart(2, '0')}`,
  });
}

function text(machine: PickleMachine, length: number): string {
  if (length > 0xff) throw machine.bad('it holds a long text', 'at most 255 bytes', `${length}`);
  return latin1(machine.cursor.take(length));
}

/** An integer of up to 255 bytes, little-endian in two's complement: accepted when it fits 32 bits. */
function longInteger(machine: PickleMachine): number {
  const { cursor } = machine;
  const bytes = cursor.take(cursor.u8());
  let value = 0n;
  for (const [i, byte] of bytes.entries()) value |= BigInt(byte) << BigInt(8 * i);
  value = BigInt.asIntN(8 * bytes.length, value);
  if (value === BigInt.asIntN(32, value)) return Number(value);
  throw new OstinatoError('pickle-integer', {
    where: cursor.where,
    what: `A number is too large for a word id (byte ${cursor.position - bytes.length})`,
    expected: 'an integer of 32 bits',
    received: String(value).slice(0, 40),
  });
}

function global(machine: PickleMachine, module: string, name: string): void {
  const { where, position } = machine.cursor;
  machine.pushObject({ kind: 'global', name: knownGlobal(where, position, module, name) });
}

function stackGlobal(machine: PickleMachine): void {
  const name = machine.pop();
  const module = machine.pop();
  if (typeof name !== 'string' || typeof module !== 'string') throw machine.bad('a global without a name');
  global(machine, module, name);
}

function reduce(machine: PickleMachine): void {
  const args = machine.pop();
  const callee = machine.pop();
  const { where, position } = machine.cursor;
  machine.spend();
  machine.push(callGlobal(where, position - 1, callee, args));
}

function build(machine: PickleMachine): void {
  const state = machine.pop();
  const { where, position } = machine.cursor;
  buildObject(where, position - 1, machine.top(), state);
}

function protocol(machine: PickleMachine): void {
  const version = machine.cursor.u8();
  if (version <= NEWEST_PROTOCOL) return;
  throw machine.bad('it is of a newer protocol', `at most ${NEWEST_PROTOCOL}`, String(version));
}
