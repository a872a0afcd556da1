/** What the command line asks for. */
import { parseArgs } from 'node:util';
import { nearest, OstinatoError, show } from '@ostinato/core';
import type { BucketRequest } from './bucketed-program.js';
import { LAYER_KINDS, type LayerKind } from './jobs/job.js';
import { ALL_SIZES, QUICK_SIZES, type Size } from './jobs/size-table.js';
import { PEER_NAMES, type PeerName } from './peers/peer.js';
import { MODEL_NAMES } from './run-program.js';

export const HELP = `Usage: npm run bench -- [targets] [program] [buckets] [table] [options]

  targets         what we hold ourselves to, met or MISSED; about four minutes (the default)
  program         the whole IMDB program on one thread, on two, and two at once, in turns; about two minutes a pair
  buckets         the same with batches of near length and masks, beside padding: 45 s a seed, two minutes with LSTM
  table           every size and layer beside the other libraries; with all of them about an hour and a half

  --json FILE     writes every figure (default: bench/results/latest.json)
  --help          this text

targets, program, buckets
  --data FILE     IMDB file (default: OSTINATO_IMDB): targets time the loader on it, or skip that; the others need it

targets
  --no-peer       leaves out tfjs-layers, which takes most of the time

program
  --pairs N       how often (default: 3)

buckets
  --seeds N       seeds 1 to N, each both ways (default: 5)
  --models LIST   of ${MODEL_NAMES.join(', ')} (default: simple-rnn)
  --threads N     (default: 2)

table
  --quick         a few sizes and short rounds: under two minutes
  --layers LIST   of ${LAYER_KINDS.join(', ')} (default: all)
  --sizes LIST    batch x steps x units, e.g. 64x500x32,1x50x256 (default: all ${ALL_SIZES.length})
  --peers LIST    of ${PEER_NAMES.join(', ')}, or none (default: all)
  --python PATH   a Python with the packages of bench/peers/requirements.txt
  --threads N     for us and every peer (default: 1)
  --sequences     outputs of every step instead of the last
  --out DIR       report.md and the charts (default: bench/results/latest)`;

const SECTIONS = ['targets', 'program', 'buckets', 'table'] as const;
type Section = (typeof SECTIONS)[number];

const DEFINITIONS = {
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
  data: { type: 'string' },
  'no-peer': { type: 'boolean', default: false },
  pairs: { type: 'string' },
  seeds: { type: 'string' },
  models: { type: 'string' },
  quick: { type: 'boolean', default: false },
  layers: { type: 'string' },
  sizes: { type: 'string' },
  peers: { type: 'string' },
  python: { type: 'string' },
  threads: { type: 'string' },
  sequences: { type: 'boolean', default: false },
  out: { type: 'string' },
} as const;

/** Which options mean something to some sections alone. */
const BELONGS: Readonly<Record<string, readonly Section[]>> = {
  data: ['targets', 'program', 'buckets'],
  'no-peer': ['targets'],
  pairs: ['program'],
  seeds: ['buckets'],
  models: ['buckets'],
  threads: ['buckets', 'table'],
  ...Object.fromEntries(
    ['quick', 'layers', 'sizes', 'peers', 'python', 'sequences', 'out'].map((name) => [name, ['table']]),
  ),
};

export interface TableRequest {
  readonly quick: boolean;
  readonly layers: readonly LayerKind[];
  readonly sizes: readonly Size[];
  readonly peers: readonly PeerName[];
  readonly python: string | undefined;
  readonly threads: number;
  readonly sequences: boolean;
  readonly out: string | undefined;
}

export interface BenchOptions {
  readonly help: boolean;
  readonly json: string | undefined;
  readonly targets: { readonly data: string | undefined; readonly withPeer: boolean } | undefined;
  readonly program: { readonly data: string | undefined; readonly pairs: number } | undefined;
  readonly buckets: (BucketRequest & { readonly data: string | undefined }) | undefined;
  readonly table: TableRequest | undefined;
}

/** Throws OstinatoError `bench-option` for what cannot be meant; Node's own TypeError for unknown options. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: DEFINITIONS,
    allowPositionals: true,
  });
  const sections = positionals.length > 0 ? listOf('section', positionals.join(','), SECTIONS) : ['targets'];
  for (const [name, value] of Object.entries(values)) {
    const owners = BELONGS[name];
    if (!owners || value === undefined || value === false) continue;
    if (owners.some((owner) => sections.includes(owner))) continue;
    const section = owners.join('` or `');
    throw invalid(
      `\`--${name}\` belongs to \`${section}\``,
      `\`${section}\` among the arguments`,
      show(args),
    );
  }
  return {
    help: values.help,
    json: values.json,
    targets: sections.includes('targets') ? { data: values.data, withPeer: !values['no-peer'] } : undefined,
    program: sections.includes('program')
      ? { data: values.data, pairs: sizeOf('--pairs', values.pairs ?? '3') }
      : undefined,
    buckets: sections.includes('buckets') ? bucketRequest(values) : undefined,
    table: sections.includes('table') ? tableRequest(values) : undefined,
  };
}

type Values = ReturnType<typeof parseArgs<{ options: typeof DEFINITIONS }>>['values'];

function bucketRequest({ data, models, seeds, threads }: Values): BenchOptions['buckets'] {
  return {
    data,
    models: models === undefined ? ['simple-rnn'] : listOf('model', models, MODEL_NAMES),
    seeds: sizeOf('--seeds', seeds ?? '5'),
    threads: sizeOf('--threads', threads ?? '2'),
  };
}

function tableRequest(values: Values): TableRequest {
  const { quick, python, sequences, out } = values;
  return {
    quick: quick ?? false,
    python,
    out,
    sequences: sequences ?? false,
    layers: values.layers === undefined ? LAYER_KINDS : listOf('layer', values.layers, LAYER_KINDS),
    peers: peersOf(values.peers),
    threads: sizeOf('--threads', values.threads ?? '1'),
    sizes: values.sizes === undefined ? (quick ? QUICK_SIZES : ALL_SIZES) : sizesOf(values.sizes),
  };
}

function peersOf(list: string | undefined): readonly PeerName[] {
  if (list === undefined) return PEER_NAMES;
  return list === 'none' ? [] : listOf('peer', list, PEER_NAMES);
}

/** Each size once. */
function sizesOf(list: string): Size[] {
  return [...new Map(list.split(',').map((text) => [text.trim(), parseSize(text)])).values()];
}

function parseSize(text: string): Size {
  const parts = text.trim().split('x');
  if (parts.length !== 3)
    throw invalid('A size has three parts', 'e.g. 64x500x32: batch, steps, units', show(text));
  const [batch, steps, units] = parts.map((part) => sizeOf('--sizes', part));
  return [batch!, steps!, units!];
}

function sizeOf(name: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw invalid(`\`${name}\` is no size`, 'a positive integer', show(text));
}

function listOf<Name extends string>(what: string, list: string, known: readonly Name[]): Name[] {
  const names = list.split(',').map((text) => {
    const name = known.find((one) => one === text.trim());
    if (name !== undefined) return name;
    const guess = nearest(text, known);
    throw invalid(`There is no such ${what}`, `one of ${known.join(', ')}`, show(text), guess);
  });
  return [...new Set(names)];
}

function invalid(what: string, expected: string, received: string, guess?: string): OstinatoError {
  const fix = guess === undefined ? 'See --help' : `Did you mean '${guess}'`;
  return new OstinatoError('bench-option', { where: 'bench', what, expected, received, fix });
}
