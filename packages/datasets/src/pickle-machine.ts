/**
 * The stack, marks, memo and lists of the pickle reader.
 *
 * The numbers go straight into one Int32Array: a list remembers only where its own begin and end, so millions of ids
 * cost four bytes each and no objects. Which opcode does what is in pickle-steps.ts.
 */
import type { OstinatoError } from '@ostinato/core';
import type { RaggedRows } from './arrays.js';
import type { ByteCursor } from './byte-cursor.js';
import { APPENDS, readNumbers } from './pickle-numbers.js';
import {
  badPickle,
  type PickleArray,
  type PickleList,
  type PickleValue,
  showPickled,
} from './pickle-values.js';

/** What a pickle makes and remembers beside its rows: the array, its dtype, names, tuples, the outer list. */
const SPARE_OBJECTS = 64;

export class PickleMachine {
  readonly #stack: PickleValue[] = [];
  /** Heights of the stack at the open marks. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  /** The numbers of all lists. A number takes two bytes of pickle or more, so this never has to grow. */
  readonly #ids: Int32Array;
  #idCount = 0;
  /** How many more objects may be made or remembered, two a row: it keeps a crafted file from filling the memory. */
  #budget: number;

  constructor(
    readonly cursor: ByteCursor,
    rows: number,
  ) {
    this.#ids = new Int32Array((cursor.bytes.length - cursor.position) >> 1);
    this.#budget = 2 * rows + SPARE_OBJECTS;
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  /** Pushes a new object and counts it. */
  pushObject(value: PickleValue & object): void {
    this.spend();
    this.#stack.push(value);
  }

  pushList(): void {
    this.pushObject({ kind: 'list', start: 0, end: 0, lists: undefined });
  }

  pop(): PickleValue {
    this.#need(this.#stack.length - 1);
    return this.#stack.pop()!;
  }

  top(): PickleValue | undefined {
    return this.#stack.at(-1);
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
    this.#numberRun();
  }

  popMark(): number {
    const from = this.#marks.pop();
    if (from === undefined) throw this.bad('there is no mark on the stack');
    return from;
  }

  /** The height of the stack without its last `count` values. */
  below(count: number): number {
    return this.#stack.length - count;
  }

  /** Makes a tuple of the stack from `from` on. */
  tuple(from: number): void {
    this.#need(from);
    this.pushObject({ kind: 'tuple', items: this.#stack.splice(from) });
  }

  /** Appends the stack from `from` on to the list below it. */
  append(from: number): void {
    const stack = this.#stack;
    this.#need(from - 1);
    const list = stack[from - 1];
    if (typeof list !== 'object' || list?.kind !== 'list') {
      throw this.bad('an append to something else', 'a list', showPickled(list));
    }
    if (typeof stack[from] === 'number') this.#appendNumbers(list, from);
    else this.#appendLists(list, from);
    stack.length = from;
  }

  remember(key: number): void {
    this.#need(this.#stack.length - 1);
    if (!this.#memo.has(key)) this.spend();
    this.#memo.set(key, this.#stack.at(-1)!);
  }

  /** MEMOIZE: remembers under the next free number. */
  rememberNext(): void {
    this.remember(this.#memo.size);
  }

  recall(key: number): void {
    const value = this.#memo.get(key);
    if (value === undefined) throw this.bad(`nothing was remembered under ${key}`);
    this.#stack.push(value);
  }

  /** The one value that is left at STOP. */
  result(): PickleArray {
    const { bytes, position } = this.cursor;
    const value = this.#stack[0];
    if (position !== bytes.length)
      throw this.bad('bytes follow its end', 'none', `${bytes.length - position}`);
    if (this.#stack.length !== 1 || this.#marks.length > 0) throw this.bad('it does not end with one value');
    if (typeof value === 'object' && value?.kind === 'array' && value.content) return value;
    throw this.bad('it holds something else', 'a NumPy array of objects', showPickled(value));
  }

  /** The rows one after the other. Nothing is reordered when they were written in their order, as picklers do. */
  flatten(content: PickleList): RaggedRows {
    if (content.start !== content.end)
      throw this.bad('the array holds numbers', 'lists of numbers', 'numbers');
    const lists = content.lists ?? [];
    const offsets = this.#offsets(lists);
    const total = offsets[lists.length]!;
    if (lists.every((row, i) => row.start === row.end || row.start === offsets[i])) {
      return { data: this.#ids.subarray(0, total), offsets };
    }
    const data = new Int32Array(total);
    for (const [i, row] of lists.entries()) data.set(this.#ids.subarray(row.start, row.end), offsets[i]!);
    return { data, offsets };
  }

  bad(what: string, expected?: string, received?: string): OstinatoError {
    return badPickle(this.cursor.where, this.cursor.position, what, expected, received);
  }

  spend(): void {
    if (this.#budget-- <= 0) throw this.bad('it makes more objects than the array has rows');
  }

  #offsets(lists: readonly PickleList[]): Int32Array {
    const offsets = new Int32Array(lists.length + 1);
    for (const [i, row] of lists.entries()) {
      if (row.lists) throw this.bad(`row ${i} holds lists`, 'whole numbers', 'lists');
      const end = offsets[i]! + row.end - row.start;
      if (end > this.#ids.length)
        throw this.bad('one list stands for so many rows that they would fill the memory');
      offsets[i + 1] = end;
    }
    return offsets;
  }

  /** Checks that the stack from `from` on exists and belongs to the innermost mark. */
  #need(from: number): void {
    if (from >= (this.#marks.at(-1) ?? 0)) return;
    throw this.bad('an opcode takes more from the stack than there is');
  }

  /**
   * Reads the numbers that directly follow a mark. If they are then appended to a list, as nearly all bytes of such a
   * pickle are, they never touch the stack; else they are put there, and the steps go on as ever.
   */
  #numberRun(): void {
    const { cursor } = this;
    const ids = this.#ids;
    const first = this.#idCount;
    const next = readNumbers(cursor, ids, first);
    const list = this.#stack.at(-1);
    const appended = next > first && cursor.bytes[cursor.position] === APPENDS;
    if (appended && typeof list === 'object' && list?.kind === 'list' && this.#mayGrow(list)) {
      cursor.position++;
      this.#marks.pop();
      this.#need(this.#stack.length - 1);
      if (list.end === 0) list.start = first;
      list.end = this.#idCount = next;
    } else {
      for (let i = first; i < next; i++) this.#stack.push(ids[i]!);
    }
  }

  /** Whether numbers may be appended: it holds no lists, and its numbers are the last ones read. */
  #mayGrow(list: PickleList): boolean {
    return list.lists === undefined && (list.end === 0 || list.end === this.#idCount);
  }

  #appendNumbers(list: PickleList, from: number): void {
    const stack = this.#stack;
    if (list.lists) throw this.#mixed(stack[from]);
    if (!this.#mayGrow(list)) throw this.bad('a list grows after another one was begun');
    if (list.end === 0) list.start = this.#idCount;
    for (let i = from; i < stack.length; i++) {
      const value = stack[i]!;
      if (typeof value !== 'number') throw this.#mixed(value);
      this.#ids[this.#idCount++] = value;
    }
    list.end = this.#idCount;
  }

  #appendLists(list: PickleList, from: number): void {
    list.lists ??= [];
    for (let i = from; i < this.#stack.length; i++) {
      const value = this.#stack[i]!;
      const fits =
        typeof value === 'object' && value?.kind === 'list' && value !== list && list.end === list.start;
      if (!fits) throw this.#mixed(value);
      list.lists.push(value);
    }
  }

  #mixed(value: PickleValue | undefined): OstinatoError {
    return this.bad(
      'a list holds something else',
      'only whole numbers, or only lists of them',
      showPickled(value),
    );
  }
}
