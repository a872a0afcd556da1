/** What says of itself that it may be repeated by its operations. */

/** Of something that has it as its own property, or whose class has it as its own static one: a subclass says it for itself. */
export interface Repeatable {
  /**
   * true: calls on tensors of the same shapes call the same operations in the same order, and what comes out follows from inputs, weights, options
   * and context alone. No value is looked at, and no random number drawn, outside of a `primitive`; nothing is counted or kept, but for
   * `CallContext.update`; layers inside are called with `callPart`, and cells inside are made known by `meetPart`. `fit` may then repeat the operations of an earlier step without the call.
   * A copy with other functions takes the promise along: say it anew there. Default false.
   */
  readonly repeatable?: boolean;
}

/** Whether a layer, cell, kernel, activation, regularizer or loss says that it is `Repeatable`. */
export function isRepeatable(part: object): boolean {
  return [part, part.constructor].some(
    (owner) => Object.hasOwn(owner, 'repeatable') && (owner as Repeatable).repeatable === true,
  );
}
