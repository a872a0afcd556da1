/**
 * Reads a byte array from front to back; a read past the end is an error that says where.
 */
import { OstinatoError } from '@ostinato/core';

export class ByteCursor {
  /** Where the next read starts; also the offset that errors name. */
  position: number;

  constructor(
    readonly bytes: Uint8Array,
    readonly where: string,
    start = 0,
  ) {
    this.position = start;
  }

  u8(): number {
    if (this.position >= this.bytes.length) throw this.#cutOff(1);
    return this.bytes[this.position++]!;
  }

  u16(): number {
    const at = this.#take(2);
    return this.bytes[at]! | (this.bytes[at + 1]! << 8);
  }

  i32(): number {
    const at = this.#take(4);
    const { bytes } = this;
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  }

  u32(): number {
    return this.i32() >>> 0;
  }

  /** A view of the next `length` bytes. */
  take(length: number): Uint8Array {
    const at = this.#take(length);
    return this.bytes.subarray(at, at + length);
  }

  /** Text up to the next line feed, which is read too. */
  line(): string {
    const end = this.bytes.indexOf(10, this.position);
    if (end < 0) throw this.#cutOff(this.bytes.length - this.position + 1);
    const text = latin1(this.bytes.subarray(this.position, end));
    this.position = end + 1;
    return text;
  }

  #take(length: number): number {
    const at = this.position;
    if (length > this.bytes.length - at) throw this.#cutOff(length);
    this.position = at + length;
    return at;
  }

  #cutOff(length: number): OstinatoError {
    return new OstinatoError('file-truncated', {
      where: this.where,
      what: `The data ends too early (byte ${this.position})`,
      expected: `${length} more ${length === 1 ? 'byte' : 'bytes'}`,
      received: `${this.bytes.length - this.position}`,
      fix: 'Fetch the file again',
    });
  }
}

/** Bytes as characters 0 … 255, at most a page of them: names, not data. */
export function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 4096));
}
