/** SHA-256 of bytes that come in pieces: Node's own where there is one, which is some ten times as fast, else in JavaScript. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** In lower-case hex; the end of it. */
  hex(): string;
}

interface NodeHash {
  update(bytes: Uint8Array): void;
  digest(encoding: 'hex'): string;
}

interface NodeCrypto {
  createHash(algorithm: 'sha256'): NodeHash;
}

/** `native`: Node's, asked of the process and not imported, so that bundlers for browsers meet no `node:` module. */
export function createSha256(native: NodeCrypto | undefined = nodeCrypto()): Sha256 {
  if (native) {
    const hash = native.createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
  }
  const hash = sha256.create();
  return { update: (bytes) => void hash.update(bytes), hex: () => bytesToHex(hash.digest()) };
}

function nodeCrypto(): NodeCrypto | undefined {
  const { process } = globalThis as {
    readonly process?: { getBuiltinModule?(name: string): unknown };
  };
  return process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined;
}
