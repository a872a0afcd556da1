/** What a test of a kernel is given, and what it says. */
import type { KernelOp, KernelOps } from '@ostinato/core';

/** The checks, in the order in which they run. */
export const KERNEL_CHECKS = ['refusal', 'forward', 'inputs', 'determinism', 'gradients', 'memory'] as const;

export type KernelCheck = (typeof KERNEL_CHECKS)[number];

/** Sizes at which vector code goes wrong: below, at and beside the widths of registers and blocks. */
export const ODD_SIZES: readonly number[] = [1, 2, 3, 4, 5, 7, 8, 15, 31, 33, 64];

export interface KernelTest<Op extends KernelOp> {
  /** One that the kernel accepts. */
  readonly config: KernelOps[Op]['config'];
  /** Makes the inputs: new tensors with the same values each time. */
  readonly inputs: () => KernelOps[Op]['inputs'];
  /**
   * The operation in tfjs ops, or in plain numbers read from the tensors: outputs of the same form. Gradients are compared
   * with those of tfjs ops; without a gradient of the reference, with finite differences.
   */
  readonly reference: (
    inputs: KernelOps[Op]['inputs'],
    config: KernelOps[Op]['config'],
  ) => KernelOps[Op]['outputs'];
  /** Whether the outputs have gradients in the float inputs. Default: true unless the operation is an optimizer's. */
  readonly differentiable?: boolean;
  /** What to compare gradients with. Default 'reference'. */
  readonly gradientsFrom?: 'reference' | 'finite differences';
  /** Places of inputs that the operation overwrites by contract. Default: `slots` of optimizers. */
  readonly overwrites?: readonly string[];
  /** Configs that it must refuse, each with words that the reason must hold. */
  readonly refuses?: readonly {
    readonly config: KernelOps[Op]['config'];
    readonly reason: string;
  }[];
  /** Error allowed, relative to values above 1. Default 1e-5. */
  readonly tolerance?: number;
  /** The same for gradients. Default ten times that, and 2e-3 for finite differences. */
  readonly gradientTolerance?: number;
  /** Checks that do not apply, each with the reason. */
  readonly skip?: Partial<Readonly<Record<KernelCheck, string>>>;
}

/** What was checked. */
export interface KernelTestReport {
  readonly checked: readonly KernelCheck[];
  /** What was not, and why. */
  readonly skipped: readonly { readonly check: KernelCheck; readonly reason: string }[];
}
