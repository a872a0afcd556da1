/**
 * What optimizers are chains of: links, each a pair of pure functions.
 *
 * A chain begins with the gradient and ends with what is subtracted from the parameter. Not here: any link, and what
 * runs a chain as an optimizer (see `define-optimizer.ts`).
 */
import { OstinatoError, type ParamUpdate, type Slots, type UpdateContext } from '@ostinato/core';
import type * as tf from '@tensorflow/tfjs-core';
import { tidied } from '../kept-tensors.js';

/** One parameter on its way through a chain. */
export interface LinkInput extends Omit<ParamUpdate, 'gradient'> {
  /** At first the gradient; in the end what is subtracted from the parameter. */
  readonly change: tf.Tensor;
}

/** What a link makes anew; what is absent stays as it was. */
export interface LinkOutput {
  readonly change?: tf.Tensor;
  readonly param?: tf.Tensor;
  /** The link's own slots. */
  readonly slots?: Slots;
}

/**
 * A link that looks at one parameter at a time.
 *
 * Memory   both run inside `tidy` and return new tensors
 */
export interface ParamLink {
  /** First values of its slots for a parameter. Default: it has none. */
  init?(param: tf.Tensor): Slots;
  update(given: LinkInput, context: UpdateContext): LinkOutput;
}

/** A link that looks at the changes of all parameters at once; it has no slots. */
export interface GlobalLink {
  across(changes: readonly tf.Tensor[], context: UpdateContext): readonly tf.Tensor[];
}

export type Link = ParamLink | GlobalLink;

/** Sends all parameters through a chain, link by link. Call it inside `tidy`. */
export function runLinks(
  links: readonly Link[],
  params: readonly LinkInput[],
  context: UpdateContext,
): readonly LinkInput[] {
  return links.reduce((present, link) => {
    if (!('across' in link)) return present.map((given) => runLink(link, given, context));
    const changes = link.across(
      present.map(({ change }) => change),
      context,
    );
    return present.map((given, i) => ({ ...given, change: changes[i]! }));
  }, params);
}

function runLink(link: ParamLink, given: LinkInput, context: UpdateContext): LinkInput {
  const made = tidied(() => link.update(given, context));
  return { ...given, ...made, slots: { ...given.slots, ...made.slots } };
}

/** The first values of all slots of a chain. Throws `optimizer-slots` when two links use one name. */
export function firstSlots(links: readonly Link[], param: tf.Tensor, where: string): Slots {
  const all: Record<string, tf.Tensor> = {};
  for (const link of links) {
    const made = 'init' in link ? link.init!(param) : {};
    const twice = Object.keys(made).find((name) => name in all);
    if (twice !== undefined) throw sameSlot(where, twice);
    Object.assign(all, made);
  }
  return all;
}

function sameSlot(where: string, name: string): OstinatoError {
  return new OstinatoError('optimizer-slots', {
    where,
    what: `Two links of the chain keep a slot '${name}'`,
    fix: 'Give the slot of one of them another name',
  });
}
