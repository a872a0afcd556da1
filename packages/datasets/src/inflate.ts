/**
 * Deflated data of a declared size, inflated: by Node's own zlib where there is one, several times as fast, else by fflate.
 *
 * Both ways give the same bytes or the same error, because fflate has the last word: what zlib says is taken only when it
 * has used every byte and given as many as were declared. What zlib refuses fflate nearly always refuses too, and says why.
 * It overlooks a few things (the second copy of a stored block's length, incomplete codes), which does no harm: whoever
 * asks compares the size and the CRC-32.
 */
import { isOstinatoError, type OstinatoError } from '@ostinato/core';
import { FlateErrorCode, Gunzip } from 'fflate';
import { type NodeZlib, nodeZlib } from './node-zlib.js';
import { damagedZip, wrongSize, type ZipPlace } from './zip-errors.js';

/** Deflate cannot do better: 258 bytes for two bits and a little. */
const HIGHEST_RATIO = 1032;
const CHUNK = 1 << 14;
/** The least that Node's zlib sets aside for output. */
const LEAST_OUTPUT = 64;
/** Buffers as large have memory of their own in Node; smaller ones share a pool. */
const OWN_MEMORY = 1 << 16;
const GZIP_HEADER = /* @__PURE__ */ Uint8Array.of(31, 139, 8, 0, 0, 0, 0, 0, 0, 255);
const GZIP_TRAILER = /* @__PURE__ */ new Uint8Array(8);

/**
 * Inflates data that fills `packed` to the last byte.
 *
 * Memory   `size` bytes and one more, for either way; fflate takes a few chunks of 16 KiB, inflated, beside them
 * Throws   `zip-invalid` when the data is damaged, cut off or followed by other bytes, or yields more than `size`
 *
 * @returns `size` bytes, or fewer when there are no more
 */
export function inflate(packed: Uint8Array, size: number, place: ZipPlace): Uint8Array {
  const most = packed.length * HIGHEST_RATIO;
  if (size > most) {
    throw damagedZip(place, 'the declared size is impossible', `≤ ${most}`, `${size}`);
  }
  const zlib = nodeZlib();
  return (zlib && inflateByNode(zlib, packed, size)) ?? inflateByFflate(packed, size, place);
}

/** Undefined for everything but sound data of just this size. */
export function inflateByNode(zlib: NodeZlib, packed: Uint8Array, size: number): Uint8Array | undefined {
  // The one piece of output has room for a byte more than declared; zlib stops when that is filled.
  const chunkSize = Math.max(size + 1, LEAST_OUTPUT);
  const maxOutputLength = Math.max(size, 1);
  try {
    const { buffer, engine } = zlib.inflateRawSync(packed, { chunkSize, maxOutputLength, info: true });
    if (buffer.length !== size || engine.bytesWritten !== packed.length) return undefined;
    // Not a Buffer: its `slice` is no copy.
    return size < OWN_MEMORY
      ? Uint8Array.from(buffer)
      : new Uint8Array(buffer.buffer, buffer.byteOffset, size);
  } catch {
    return undefined; // fflate finds out what is wrong.
  }
}

/**
 * Inflates chunk by chunk, so that data which yields more than was declared is stopped at once.
 *
 * It goes through as the first member of a gzip file that a second one follows, since fflate tells where a member of gzip
 * begins, but not where deflated data ends. It compares no checksum of gzip's.
 */
export function inflateByFflate(packed: Uint8Array, size: number, place: ZipPlace): Uint8Array {
  const plain = new Uint8Array(size);
  let filled = 0;
  let fed = false;
  let ended = false;
  const stream = new Gunzip((chunk) => {
    if (fed && chunk.length > 0) throw wrongEnd(place); // It read on where the next member was to begin.
    if (filled + chunk.length > size) throw wrongSize(place, size, filled + chunk.length);
    plain.set(chunk, filled);
    filled += chunk.length;
  });
  stream.onmember = (offset) => {
    if (offset !== GZIP_HEADER.length + packed.length + GZIP_TRAILER.length) throw wrongEnd(place);
    ended = true;
  };
  try {
    feed(stream, packed);
    fed = true;
    stream.push(joined(GZIP_TRAILER, GZIP_HEADER));
  } catch (error) {
    throw isOstinatoError(error) ? error : damagedData(place, fed, error);
  }
  if (!ended) throw wrongEnd(place);
  return plain.subarray(0, filled);
}

function feed(stream: Gunzip, packed: Uint8Array): void {
  // Together: inflating nothing first would make fflate believe in bytes before the first one.
  stream.push(joined(GZIP_HEADER, packed.subarray(0, CHUNK)));
  for (let at = CHUNK; at < packed.length; at += CHUNK) stream.push(packed.subarray(at, at + CHUNK));
}

/** What an error of fflate's means: it looks for a header only where the deflated data has ended. */
function damagedData(place: ZipPlace, fed: boolean, cause: unknown): OstinatoError {
  const { code } = cause as { code?: unknown };
  if (fed || code === FlateErrorCode.InvalidHeader) return wrongEnd(place, cause);
  return damagedZip(place, 'the deflated data is damaged', undefined, undefined, cause);
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

function wrongEnd(place: ZipPlace, cause?: unknown): OstinatoError {
  const what = 'the deflated data does not end where the directory says';
  return damagedZip(place, what, undefined, undefined, cause);
}
