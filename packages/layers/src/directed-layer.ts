/** What Bidirectional asks of the two layers inside it, and the checks of it. */
import { type BuildContext, Layer, OstinatoError, show, showShape } from '@ostinato/core';

/** How the outputs of both directions become one; null keeps them apart, as two outputs. */
export type MergeMode = 'concat' | 'sum' | 'mul' | 'ave' | null;

/** What both directions have to say of themselves: what `RNN` and everything made of it does. */
export interface DirectedLayer extends Layer {
  readonly options: {
    readonly returnSequences: boolean;
    readonly returnState: boolean;
    readonly goBackwards: boolean;
    readonly stateful: boolean;
    readonly numConstants?: number;
  };
}

export const MERGE_MODES: readonly MergeMode[] = ['concat', 'sum', 'mul', 'ave', null];

/** Throws `config-merge-mode`. */
export function checkMergeMode(where: string, mode: unknown): void {
  if (MERGE_MODES.includes(mode as MergeMode)) return;
  throw new OstinatoError('config-merge-mode', {
    where,
    what: '`mergeMode` is not a way to merge two outputs',
    expected: `one of ${MERGE_MODES.map(show).join(', ')}; null gives two outputs`,
    received: show(mode),
  });
}

/** Throws `config-layer`, `config-backward-layer`. */
export function checkDirected(where: string, field: 'layer' | 'backwardLayer', layer: unknown): void {
  const { options } = (layer ?? {}) as Partial<DirectedLayer>;
  if (layer instanceof Layer && typeof options?.goBackwards === 'boolean') return;
  throw new OstinatoError(field === 'layer' ? 'config-layer' : 'config-backward-layer', {
    where,
    what: `\`${field}\` is not a recurrent layer`,
    expected: 'a layer such as lstm() or rnn(), which has the option goBackwards',
    received: layer instanceof Layer ? layer.registeredName : show(layer),
  });
}

/** The two differ in their direction, and agree in what they put out. Throws `config-backward-layer`. */
export function checkPair(where: string, forward: DirectedLayer, backward: DirectedLayer): void {
  const fail = (option: keyof DirectedLayer['options'], agree: boolean): never => {
    throw new OstinatoError('config-backward-layer', {
      where,
      what: `\`layer\` and \`backwardLayer\` ${agree ? 'must have the same' : 'must not have the same'} \`${option}\``,
      expected: `${agree ? '' : 'not '}${show(forward.options[option])}`,
      received: show(backward.options[option]),
    });
  };
  if (forward === backward || forward.options.goBackwards === backward.options.goBackwards)
    fail('goBackwards', false);
  for (const option of ['returnSequences', 'returnState', 'stateful', 'numConstants'] as const)
    if (forward.options[option] !== backward.options[option]) fail(option, true);
}

/**
 * What is added up or multiplied has one shape; what is concatenated may differ in its last axis. Known after `build`.
 *
 * Throws   `config-backward-layer`
 */
export function checkMergeable(
  forward: Layer,
  backward: Layer,
  mode: MergeMode,
  context: BuildContext,
): void {
  const [y, other] = [forward, backward].map((layer) => layer.outputShapes(context.inputShapes)[0] ?? []);
  const kept = mode === 'concat' ? -1 : undefined;
  if (mode === null || showShape(y!.slice(0, kept)) === showShape(other!.slice(0, kept))) return;
  throw new OstinatoError('config-backward-layer', {
    where: context.path,
    what: `The outputs of both directions do not fit together for mergeMode ${show(mode)}`,
    expected: `outputs of ${showShape(y!)} from \`backwardLayer\` too`,
    received: showShape(other!),
    fix: "Give both layers the same size, or merge by 'concat'",
  });
}

/** A layer that is to be mirrored reads forwards. Throws `config-layer`. */
export function checkForward(where: string, layer: DirectedLayer): void {
  if (!layer.options.goBackwards) return;
  throw new OstinatoError('config-layer', {
    where,
    what: '`layer` reads backwards, and its mirror image is to do that',
    expected: 'a layer with goBackwards: false',
    received: 'goBackwards: true',
    fix: 'Leave goBackwards out, or give a backwardLayer without it',
  });
}
