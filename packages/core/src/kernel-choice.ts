/**
 * Fused or reference: who decides, and the record of why.
 *
 * A layer asks `use(op, config)` wherever a fused kernel could serve it. It gets the kernel, or undefined and runs its
 * reference path; either way the choice and its reason are on record for `summary()` and the run's report.
 */
import { OstinatoError } from './errors.js';
import type { AnyKernel, Kernel, KernelOp, KernelOps } from './kernel.js';
import { meetPart } from './recording.js';

/** auto: fused where a kernel accepts; required: a refusal is an error; off: always the reference path. */
export type FusedPolicy = 'auto' | 'required' | 'off';

/** Which path an operation of a layer took, and why not the fused one. */
export interface KernelChoice {
  /** Path of the layer in its model. */
  readonly path: string;
  readonly op: string;
  readonly route: 'fused' | 'reference';
  /** Why not fused; absent when it is. */
  readonly reason?: string;
}

/** What a layer sees: kernels for one path. */
export interface KernelFinder {
  /** The kernel that will serve such a call, if any. Throws `kernel-required` when the policy is `required`. */
  use<Op extends KernelOp>(op: Op, config: KernelOps[Op]['config']): Kernel<Op> | undefined;
  /** Notes that no kernel can be asked for, and why. Throws `kernel-required` when the policy is `required`. */
  without(op: string, reason: string): void;
}

/** Finds kernels among a registry's and remembers each choice. */
export class KernelChooser {
  readonly #kernels: readonly AnyKernel[];
  readonly #choices = new Map<string, KernelChoice>();
  readonly policy: FusedPolicy;

  constructor(kernels: readonly AnyKernel[], policy: FusedPolicy = 'auto') {
    this.#kernels = kernels;
    this.policy = policy;
  }

  /** The finder for the layer at `path`. */
  at(path: string): KernelFinder {
    return {
      use: (op, config) => this.#use(path, op, config),
      without: (op, reason) => this.#refuse(path, op, reason),
    };
  }

  /** The latest choice of every path and operation. */
  choices(): KernelChoice[] {
    return [...this.#choices.values()];
  }

  #use<Op extends KernelOp>(path: string, op: Op, config: KernelOps[Op]['config']): Kernel<Op> | undefined {
    const found = this.#find(op, config);
    if (typeof found === 'string') {
      this.#refuse(path, op, found);
      return undefined;
    }
    this.#record(path, op, undefined);
    meetPart(found, `the kernel of '${op}'`);
    return found;
  }

  #refuse(path: string, op: string, reason: string): void {
    this.#record(path, op, reason);
    if (this.policy !== 'required') return;
    throw new OstinatoError('kernel-required', {
      where: path,
      what: `No fused kernel serves '${op}': ${reason}`,
      fix: "Change the layer's options, or set `fused: 'auto'` to allow the reference path",
    });
  }

  #find<Op extends KernelOp>(op: Op, config: KernelOps[Op]['config']): Kernel<Op> | string {
    if (this.policy === 'off') return "fused: 'off'";
    const offers = this.#kernels.filter((kernel) => kernel.op === op) as unknown as Kernel<Op>[];
    if (offers.length === 0) return `no plugin brings a kernel for '${op}'`;
    const reasons: string[] = [];
    for (const kernel of offers) {
      const reason = kernel.refuse(config);
      if (reason === undefined) return kernel;
      reasons.push(reason);
    }
    return reasons.join('; ');
  }

  #record(path: string, op: string, reason: string | undefined): void {
    const key = `${path}\n${op}`;
    const present = this.#choices.get(key);
    if (present && present.reason === reason) return;
    this.#choices.set(
      key,
      reason === undefined ? { path, op, route: 'fused' } : { path, op, route: 'reference', reason },
    );
  }
}
