/** CRC-32C (Castagnoli), as records of TensorFlow carry it. */

/** The polynomial x³² + x²⁸ + x²⁷ + … + 1, bits reversed. */
const POLYNOMIAL = 0x82f63b78;

let table: Uint32Array | undefined;

/** The check of a record's bytes, masked: a CRC of bytes that hold their own CRC would be weak. */
export function maskedCrc32c(bytes: Uint8Array): number {
  table ??= makeTable();
  let crc = 0xffffffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    return crc;
  });
}
