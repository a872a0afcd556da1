/** Reads the header of a safetensors file and checks that its promises can be true. */
import { isOstinatoError, OstinatoError, show } from '@ostinato/core';
import { parseJson } from './parse-json.js';

/** Where a tensor lies in the data. */
export interface TensorPlace {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly places: readonly TensorPlace[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Offset of the data in the file. */
  readonly dataStart: number;
}

/** Tensors in the order of their data. Throws `model-file`. */
export function parseSafetensorsHeader(bytes: Uint8Array, where: string): SafetensorsHeader {
  const size = headerSize(bytes, where);
  const header = parseHeaderText(bytes.subarray(8, 8 + size), where);
  const { __metadata__: metadata = {}, ...tensors } = header;
  const places = Object.entries(tensors)
    .map(([name, entry]) => readPlace(name, entry, where))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  checkCover(places, bytes.length - 8 - size, where);
  return { places, metadata: readMetadata(metadata, where), dataStart: 8 + size };
}

function headerSize(bytes: Uint8Array, where: string): number {
  if (bytes.length < 8) throw badFile(where, 'The file is too short', 'at least 8 bytes', `${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getBigUint64(0, true);
  if (size <= BigInt(bytes.length - 8)) return Number(size);
  const promised = `a header of ${size} bytes`;
  throw badFile(
    where,
    'The file ends before its header, or is no safetensors file',
    promised,
    `${bytes.length - 8}`,
  );
}

function parseHeaderText(bytes: Uint8Array, where: string): Record<string, unknown> {
  try {
    const header = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes), where);
    if (isRecord(header)) return header;
  } catch (cause) {
    if (isOstinatoError(cause)) throw cause;
    throw badFile(where, 'The header is not JSON', 'UTF-8 text of a JSON object', undefined, cause);
  }
  throw badFile(where, 'The header is not a JSON object');
}

function readPlace(name: string, entry: unknown, where: string): TensorPlace {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (dtype !== 'F32')
    throw badFile(where, `The tensor '${name}' has another type`, "dtype 'F32'", show(dtype));
  if (!isCounts(shape)) throw badFile(where, `The tensor '${name}' has no shape`, 'sizes ≥ 0', show(shape));
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw badFile(where, `The tensor '${name}' has no place in the data`, '[start, end]', show(offsets));
  }
  const [start, end] = offsets as [number, number];
  const wanted = shape.reduce((product, size) => product * size, 4);
  if (end - start !== wanted) {
    throw badFile(where, `The data of '${name}' do not fit its shape`, `${wanted} bytes`, `${end - start}`);
  }
  return { name, shape, start, end };
}

/** The tensors lie one after the other and fill the data: no overlap, no gap, nothing beyond. */
function checkCover(places: readonly TensorPlace[], size: number, where: string): void {
  let reached = 0;
  for (const { name, start, end } of places) {
    if (start !== reached) {
      const what = start < reached ? 'overlap those of another tensor' : 'leave a gap before them';
      throw badFile(where, `The data of '${name}' ${what}`, `a start at ${reached}`, `${start}`);
    }
    reached = end;
  }
  if (reached !== size) {
    const what = reached > size ? 'The file is cut off' : 'The file goes on after its last tensor';
    throw badFile(where, what, `${reached} bytes of data`, `${size}`);
  }
}

function readMetadata(metadata: unknown, where: string): Readonly<Record<string, string>> {
  if (isRecord(metadata) && Object.values(metadata).every((value) => typeof value === 'string')) {
    return metadata as Record<string, string>;
  }
  throw badFile(where, 'The metadata are not strings by name', undefined, show(metadata));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** The error for a file that is not what it should be. */
export function badFile(
  where: string,
  what: string,
  expected?: string,
  received?: string,
  cause?: unknown,
): OstinatoError {
  return new OstinatoError('model-file', {
    where,
    what,
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
    fix: 'Save the model again; this file is damaged or was not written by saveModel()',
    cause,
  });
}
