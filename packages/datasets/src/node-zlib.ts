/** Node's own zlib where there is one: asked for at run time, so that bundlers for browsers find no import of `node:*`. */

/** The part of `node:zlib` that is used here. */
export interface NodeZlib {
  inflateRawSync(packed: Uint8Array, options: InflateOptions): InflatedWithEngine;
  /** Came with Node 20.15 and 22.2; what only looks like Node may lack it. */
  crc32?(bytes: Uint8Array): number;
}

interface InflateOptions {
  /** Bytes that are set aside for output at a time. */
  readonly chunkSize: number;
  /** With more output than this it throws. */
  readonly maxOutputLength: number;
  /** Asks for the engine beside the output. */
  readonly info: true;
}

interface InflatedWithEngine {
  readonly buffer: Uint8Array;
  /** `bytesWritten`: how much of the input it took. */
  readonly engine: { readonly bytesWritten: number };
}

export function nodeZlib(): NodeZlib | undefined {
  const node = (globalThis as { process?: { getBuiltinModule?(name: string): unknown } }).process;
  return node?.getBuiltinModule?.('node:zlib') as NodeZlib | undefined;
}
