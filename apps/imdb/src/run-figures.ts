/** Every figure of a run, as `--json` writes it. The fields are a promise to other programs. */
import type { DataSource } from '@ostinato/datasets';
import type { EpochRecord } from '@ostinato/training';
import type { ModelKind } from './recipe.js';

export interface TestFigures {
  readonly loss: number;
  readonly accuracy: number;
}

/** What the seconds were spent on; `train` includes validation. */
export interface Seconds {
  readonly load: number;
  readonly train: number;
  readonly evaluate: number;
  readonly total: number;
}

export interface RunFigures {
  /** `train` and `test` are numbers of reviews. */
  readonly data: Pick<DataSource, 'name' | 'sha256' | 'kind' | 'note'> & {
    readonly train: number;
    readonly test: number;
  };
  readonly model: ModelKind;
  readonly params: number;
  readonly seed: number;
  readonly backend: string;
  /** Threads that computed, at the end of the run. */
  readonly threads: number;
  /** Present when they were fewer than wanted: why. */
  readonly threadsReason?: string;
  readonly kernels: 'fused' | 'reference';
  /** Which operations are fused, or why they are not. */
  readonly kernelsReason: string;
  /** Batches of near length, their padding masked; otherwise padded to one length. */
  readonly bucketed: boolean;
  readonly settings: Readonly<Record<string, number | string>>;
  readonly epochs: readonly EpochRecord[];
  /** null when the run ended before its test. */
  readonly test: TestFigures | null;
  readonly seconds: Seconds;
  /** The most memory that the program held, in units of 10^6 bytes. */
  readonly peakRssMB: number;
  /** Of all weights, little-endian f32, in model order. */
  readonly weightsSha256: string;
  /** How training ended: 'finished', 'interrupted', or what stopped it. */
  readonly ended: string;
}

/** The most memory that this process held so far. */
export function peakRssMB(): number {
  return (process.resourceUsage().maxRSS * 1024) / 1e6;
}

/** A figure with as many digits as mean something. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
