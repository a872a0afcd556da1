/** `npm run bench`: every measured figure of the README in one run, as ratios to this machine's own ceiling. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { useBackend } from '@ostinato/backend';
import { measureCeiling } from './ceiling.js';
import { type LayerFigures, measureFusedLayer } from './fused-layer.js';
import { type LoadFigures, measureLoad } from './load-imdb.js';
import type { PeerRequest, PeerResult } from './peer.js';
import { measureTrainingStep, STEP_FLOP, type StepFigures } from './training-step.js';

const HELP = `Usage: npm run bench -- [options]

  --data FILE   IMDB file to time the loader on (default: OSTINATO_IMDB, or skipped)
  --json FILE   writes every figure (default: bench/results/latest.json)
  --no-peer     leaves out tfjs-layers, which takes most of the time
  --help        this text`;

/** What we hold ourselves to. Shares of the ceiling by units; the others as they stand in the rows. */
const TARGETS = {
  share: { 32: 0.6, 128: 0.8 } as Readonly<Record<number, number>>,
  step: 2.4,
  peer: 50,
  load: 3,
};

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    json: { type: 'string' },
    'no-peer': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

interface Figures {
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly node: string;
    readonly commit: string;
  };
  readonly ceilingGflops: number;
  readonly layers: readonly LayerFigures[];
  readonly step: StepFigures;
  readonly peer?: { readonly version: string; readonly trainMillis: number; readonly ratio: number };
  readonly load?: LoadFigures;
}

if (options.help) console.log(HELP);
else await main();

async function main(): Promise<void> {
  console.log(
    'Measuring; about a minute. Other load on the machine makes the figures worse, never better.\n',
  );
  await useBackend('wasm');
  const size = (units: number, repeats: number): PeerRequest => ({ batch: 64, steps: 500, units, repeats });
  const peer = options['no-peer'] ? undefined : await runPeer(size(32, 5));
  const ceilings = [await measureCeiling()];
  const small = await measureFusedLayer(size(32, 60), peer);
  ceilings.push(await measureCeiling());
  const large = await measureFusedLayer(size(128, 12));
  ceilings.push(await measureCeiling());
  const step = await measureTrainingStep(60);
  ceilings.push(await measureCeiling());
  const data = options.data ?? process.env.OSTINATO_IMDB;
  const load = data && existsSync(data) ? await measureLoad(data) : undefined;
  const figures: Figures = {
    machine: await describeMachine(),
    ceilingGflops: Math.max(...ceilings),
    layers: [small, large],
    step,
    ...(peer ? { peer: peerFigures(peer, small) } : {}),
    ...(load ? { load } : {}),
  };
  print(figures);
  const file = resolve(options.json ?? fileURLToPath(new URL('../results/latest.json', import.meta.url)));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`);
  console.log(`\nAll figures: ${file}`);
}

async function runPeer(request: PeerRequest): Promise<PeerResult> {
  const script = fileURLToPath(new URL('tfjs-layers-peer.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(request)]);
  return JSON.parse(stdout) as PeerResult;
}

function peerFigures(peer: PeerResult, ours: LayerFigures): NonNullable<Figures['peer']> {
  const trainMillis = Math.min(...peer.millis);
  return { version: peer.version, trainMillis, ratio: trainMillis / ours.trainMillis };
}

async function describeMachine(): Promise<Figures['machine']> {
  const commit = await promisify(execFile)('git', ['rev-parse', '--short', 'HEAD']).then(
    ({ stdout }) => stdout.trim(),
    () => 'unknown',
  );
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), node: process.version, commit };
}

function print({ machine, ceilingGflops, layers, step, peer, load }: Figures): void {
  const { cpu, cores, node, commit } = machine;
  console.log(`${cpu}, ${cores} cores, Node ${node}, commit ${commit}, one thread\n`);
  printRow('f32x4 multiply-add ceiling', '', `${ceilingGflops.toFixed(1)} GFLOP/s`);
  for (const figures of layers) printLayer(figures, ceilingGflops);
  if (peer) {
    const ratio = `${peer.ratio.toFixed(0)} × ours ${verdict(peer.ratio >= TARGETS.peer, `at least ${TARGETS.peer} ×`)}`;
    printRow(`tfjs-layers ${peer.version} on wasm, the same at 32`, ms(peer.trainMillis), ratio);
  }
  const limit = STEP_FLOP / ceilingGflops / 1e6;
  const ratio = step.millis / limit;
  const target = verdict(ratio <= TARGETS.step, `at most ${TARGETS.step} ×`);
  printRow(
    'IMDB training step (0.39 GFLOP), fastest',
    ms(step.millis),
    `${ratio.toFixed(2)} × the ceiling's ${ms(limit)} ${target}`,
  );
  printRow(
    'IMDB training step, median',
    ms(step.medianMillis),
    `${(step.medianMillis / limit).toFixed(2)} ×`,
  );
  if (load) {
    const seconds = `${load.seconds.toFixed(2)} s`;
    printRow(
      `Loading and padding ${load.reviews} reviews`,
      seconds,
      verdict(load.seconds <= TARGETS.load, `at most ${TARGETS.load} s`),
    );
  }
}

function printLayer(
  { units, forwardMillis, trainMillis, forwardGflops, trainGflops }: LayerFigures,
  ceiling: number,
): void {
  const name = `SimpleRNN B=64 T=500 E=H=${units}`;
  const target = TARGETS.share[units] ?? 0;
  const rate = (gflops: number): string => {
    const share = gflops / ceiling;
    const percent = `${(100 * share).toFixed(0)} % of the ceiling`;
    return `${gflops.toFixed(1)} GFLOP/s, ${percent} ${verdict(share >= target, `at least ${100 * target} %`)}`;
  };
  printRow(`${name}, forward`, ms(forwardMillis), rate(forwardGflops));
  printRow(`${name}, forward + backward`, ms(trainMillis), rate(trainGflops));
}

function printRow(name: string, time: string, rate: string): void {
  console.log(`${name.padEnd(46)}${time.padStart(12)}   ${rate}`);
}

function verdict(met: boolean, target: string): string {
  return `(target: ${target}; ${met ? 'met' : 'MISSED'})`;
}

function ms(millis: number): string {
  return `${millis.toFixed(1)} ms`;
}
