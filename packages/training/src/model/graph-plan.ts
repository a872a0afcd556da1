/** A graph of layers without weights: which are called, in which order, with what. */
import type { Application, Layer, SymbolicTensor } from '@ostinato/core';

/** One application of a layer. Values are numbered: first the inputs, then what each call puts out. */
export interface GraphCall {
  /** Which of the plan's layers. */
  readonly layer: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** How often the layer was applied before. */
  readonly nth: number;
}

export interface GraphPlan {
  readonly layers: readonly { readonly layer: Layer; readonly name: string }[];
  /** In an order in which each finds its inputs. */
  readonly calls: readonly GraphCall[];
  readonly inputNames: readonly string[];
  readonly outputs: readonly { readonly name: string; readonly value: number }[];
  /** Whether layers that were built elsewhere may stand here too, with their weights. */
  readonly shares: boolean;
  /** What the graph was traced from, if it was: the symbols of the inputs, and the application of each call. */
  readonly traced?: GraphSymbols;
}

/** A graph as symbols. */
export interface GraphSymbols {
  readonly inputs: readonly SymbolicTensor[];
  readonly applications: readonly Application[];
}
