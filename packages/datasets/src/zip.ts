/**
 * The members of a zip file in memory, read with every length checked before it is believed.
 *
 * Reads what NumPy's `savez` and `savez_compressed` write: stored and deflated members, sizes below 4 GiB. It does not
 * read encrypted, split or zip64 archives, and does not write.
 */
import { OstinatoError } from '@ostinato/core';
import { crc32 } from './crc32.js';
import { inflate } from './inflate.js';
import { damagedZip, unsupportedZip, wrongSize } from './zip-errors.js';

/** A member as the archive's directory describes it. */
export interface ZipMember {
  readonly name: string;
  /** Bytes when inflated. */
  readonly size: number;
  readonly compressedSize: number;
  readonly crc: number;
  readonly deflated: boolean;
  /** Where its local header starts. */
  readonly offset: number;
}

const END_RECORD = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const LONGEST_COMMENT = 0xffff;

/**
 * The archive's directory.
 *
 * Throws   `zip-invalid` when it is no zip or is damaged · `zip-unsupported` for zip64, encryption, other methods
 */
export function listZip(bytes: Uint8Array, where: string): ZipMember[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = findEndRecord(view, where);
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  if (count === 0xffff || start === 0xffffffff)
    throw unsupportedZip({ where, offset: end }, 'it is a zip64 archive');
  const members: ZipMember[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    const { member, next } = readEntry(view, at, where);
    members.push(member);
    at = next;
  }
  return members;
}

/**
 * The bytes of one member, inflated and checked against the size and the CRC-32 in the directory.
 *
 * Memory   one array of the declared size; never more than `maxBytes`
 * Throws   `zip-invalid` when it is damaged · `zip-too-large` when it is, or claims to be, larger than `maxBytes`
 */
export function unzipMember(
  bytes: Uint8Array,
  member: ZipMember,
  where: string,
  maxBytes: number,
): Uint8Array {
  if (member.size > maxBytes) {
    throw new OstinatoError('zip-too-large', {
      where,
      what: `The member is too large`,
      expected: `at most ${maxBytes} bytes`,
      received: `${member.size} bytes`,
      fix: 'Raise `maxBytes` if you trust the file',
    });
  }
  const packed = packedBytes(bytes, member, where);
  const place = { where, offset: member.offset };
  const plain = member.deflated ? inflate(packed, member.size, place) : packed;
  if (plain.length !== member.size) throw wrongSize(place, member.size, plain.length);
  const crc = crc32(plain);
  if (crc === member.crc) return plain;
  throw damagedZip(place, 'its CRC-32 does not match', hex(member.crc), hex(crc));
}

function findEndRecord(view: DataView, where: string): number {
  const last = view.byteLength - 22;
  const first = Math.max(0, last - LONGEST_COMMENT);
  for (let at = last; at >= first; at--) {
    if (view.getUint32(at, true) !== END_RECORD) continue;
    if (at + 22 + view.getUint16(at + 20, true) === view.byteLength) return at;
  }
  const looksLikeZip = view.byteLength >= 4 && view.getUint32(0, true) === LOCAL_HEADER;
  throw new OstinatoError('zip-invalid', {
    where,
    what: looksLikeZip ? 'The zip file is cut off: its directory is missing' : 'This is not a zip file',
    expected: 'a zip directory in the last bytes',
    received: `${view.byteLength} bytes that start with ${firstBytes(view)}`,
    fix: looksLikeZip ? 'Fetch the file again' : 'Give an .npz file',
  });
}

function readEntry(view: DataView, at: number, where: string): { member: ZipMember; next: number } {
  const place = { where, offset: at };
  if (at + 46 > view.byteLength || view.getUint32(at, true) !== DIRECTORY_ENTRY) {
    throw damagedZip(
      place,
      'an entry of the zip directory is damaged',
      'the bytes 50 4b 01 02',
      'other bytes',
    );
  }
  const next =
    at + 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (next > view.byteLength)
    throw damagedZip(place, 'the zip directory is cut off', `${next} bytes`, `${view.byteLength}`);
  const method = view.getUint16(at + 10, true);
  const member = {
    name: new TextDecoder().decode(sliceOf(view, at + 46, view.getUint16(at + 28, true))),
    size: view.getUint32(at + 24, true),
    compressedSize: view.getUint32(at + 20, true),
    crc: view.getUint32(at + 16, true),
    deflated: method === 8,
    offset: view.getUint32(at + 42, true),
  };
  if (view.getUint16(at + 8, true) & 1) throw unsupportedZip(place, `'${member.name}' is encrypted`);
  if (method !== 0 && method !== 8)
    throw unsupportedZip(place, `'${member.name}' is packed by method ${method}`);
  if (member.size === 0xffffffff || member.compressedSize === 0xffffffff || member.offset === 0xffffffff) {
    throw unsupportedZip(place, `'${member.name}' has zip64 sizes`);
  }
  return { member, next };
}

/** The member's bytes in the archive: the local header only says how long it is itself; the directory says the rest. */
function packedBytes(bytes: Uint8Array, member: ZipMember, where: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = member.offset;
  const place = { where, offset: at };
  if (at + 30 > bytes.length || view.getUint32(at, true) !== LOCAL_HEADER) {
    throw damagedZip(
      place,
      'there is no member where the directory says',
      'the bytes 50 4b 03 04',
      'other bytes',
    );
  }
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  const end = start + member.compressedSize;
  if (end > bytes.length) throw damagedZip(place, 'the member is cut off', `${end} bytes`, `${bytes.length}`);
  return bytes.subarray(start, end);
}

function sliceOf(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}

function firstBytes(view: DataView): string {
  const head = [...sliceOf(view, 0, Math.min(4, view.byteLength))];
  return head.map((byte) => byte.toString(16).padStart(2, '0')).join(' ') || 'nothing';
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
