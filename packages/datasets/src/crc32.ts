/** CRC-32 as zip files carry it (ISO-HDLC, reflected polynomial 0xEDB88320). */
import { nodeZlib } from './node-zlib.js';

const TABLE = /* @__PURE__ */ slicedTables();

/** The CRC-32 of some bytes, 0 … 2³²−1; Node's own where there is one. */
export function crc32(bytes: Uint8Array): number {
  return nodeZlib()?.crc32?.(bytes) ?? crc32ByTable(bytes);
}

/** The same, four bytes a step. */
export function crc32ByTable(bytes: Uint8Array): number {
  let crc = -1;
  const whole = bytes.length - (bytes.length % 4);
  let at = 0;
  for (; at < whole; at += 4) {
    const word = crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    crc =
      TABLE[768 + (word & 255)]! ^
      TABLE[512 + ((word >>> 8) & 255)]! ^
      TABLE[256 + ((word >>> 16) & 255)]! ^
      TABLE[word >>> 24]!;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[at]!) & 255]!;
  return (crc ^ -1) >>> 0;
}

/** Table k (of 256) advances a byte that is followed by k zero bytes. */
function slicedTables(): Int32Array {
  const table = new Int32Array(4 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    table[byte] = crc;
  }
  for (let i = 256; i < table.length; i++) {
    const before = table[i - 256]!;
    table[i] = (before >>> 8) ^ table[before & 255]!;
  }
  return table;
}
