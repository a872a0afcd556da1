/** A reader that is fed damaged files, and what must hold whatever it is fed. */
import { getHeapStatistics } from 'node:v8';
import { isOstinatoError } from '@ostinato/core';
import fc from 'fast-check';
import { apply, type Damage, damageTo } from './mutations.js';

export interface Target {
  readonly name: string;
  /** Whether a file is JSON as a whole. */
  readonly json?: boolean;
  /** Valid files. */
  readonly seeds: readonly Uint8Array[];
  /** Parts of a file that are damaged for themselves, with lengths and checksums around them mended. */
  readonly layers?: readonly Envelope[];
  /** Reads, and lets go of what it read. */
  readonly read: (bytes: Uint8Array) => unknown;
  /** Counts what a read must not leave behind, whether it fails or not. */
  readonly held?: () => number;
}

/** How a part is taken out of a file and put back. */
export interface Envelope {
  readonly json?: boolean;
  readonly open: (file: Uint8Array) => Uint8Array;
  readonly close: (file: Uint8Array, part: Uint8Array) => Uint8Array;
}

/** One damaged file, described. */
export interface Case {
  readonly seed: number;
  readonly other: number;
  readonly layer: number;
  readonly steps: readonly Damage[];
}

/** Most of what one read may take, for files of a few kilobytes; seconds of the processor, whatever else it does. */
const LIMITS = { seconds: 5, megabytes: 300 };

/** All damage that a target is fed. */
export function casesOf({ seeds, json = false, layers = [] }: Target): fc.Arbitrary<Case> {
  return fc.nat(layers.length).chain((layer) =>
    fc.record({
      seed: fc.nat(seeds.length - 1),
      other: fc.nat(seeds.length - 1),
      layer: fc.constant(layer),
      steps: damageTo[(layer === 0 ? json : layers[layer - 1]!.json) ? 'json' : 'bytes'],
    }),
  );
}

/** The bytes of a case. Layer 0 is the file itself. */
export function fileOf({ seeds, layers = [] }: Target, { seed, other, layer, steps }: Case): Uint8Array {
  const file = seeds[seed]!;
  const envelope = layers[layer - 1];
  if (!envelope) return steps.reduce((bytes, step) => apply(bytes, step, seeds[other]!), file);
  const pieces = envelope.open(seeds[other]!);
  return envelope.close(
    file,
    steps.reduce((bytes, step) => apply(bytes, step, pieces), envelope.open(file)),
  );
}

/** Reads a file. Throws what is wrong: an error that is none of ours, too much time or memory, a changed prototype. */
export async function feed(target: Target, bytes: Uint8Array): Promise<void> {
  const before = memoryInUse();
  const left = target.held?.();
  const start = process.cpuUsage();
  try {
    await target.read(bytes);
  } catch (error) {
    if (!isOstinatoError(error)) throw new Error(`${target.name} threw ${describe(error)}`, { cause: error });
  }
  const { user, system } = process.cpuUsage(start);
  const seconds = (user + system) / 1e6;
  if (seconds > LIMITS.seconds) throw new Error(`${target.name} took ${seconds.toFixed(1)} s`);
  const megabytes = (memoryInUse() - before) / 2 ** 20;
  if (megabytes > LIMITS.megabytes) throw new Error(`${target.name} took ${megabytes.toFixed(0)} MB`);
  if (target.held?.() !== left)
    throw new Error(`${target.name} left ${target.held!() - left!} things behind`);
  checkPrototypes(target.name);
}

function memoryInUse(): number {
  const { external_memory: external, used_heap_size: heap } = getHeapStatistics();
  return external + heap;
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : String(error);
}

const PROTOTYPES = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  String.prototype,
  Number.prototype,
];
const names = (prototype: object): string => Reflect.ownKeys(prototype).map(String).join();
const NAMES = PROTOTYPES.map(names);

function checkPrototypes(name: string): void {
  const changed = PROTOTYPES.findIndex((prototype, i) => names(prototype) !== NAMES[i]);
  if (changed < 0 && !('polluted' in {})) return;
  throw new Error(`${name} changed a prototype: ${names(PROTOTYPES[changed] ?? Object.prototype)}`);
}
