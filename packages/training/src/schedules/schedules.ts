/** The learning-rate schedules by name. */
import { Catalogue, type LearningRateSchedule } from '@ostinato/core';
import { cosineDecay } from './cosine-decay.js';
import { cosineDecayRestarts } from './cosine-decay-restarts.js';
import { exponentialDecay } from './exponential-decay.js';
import { inverseTimeDecay } from './inverse-time-decay.js';
import { linearWarmup } from './linear-warmup.js';
import { piecewiseConstantDecay } from './piecewise-constant-decay.js';
import { polynomialDecay } from './polynomial-decay.js';

/** The schedules that every model knows by name; plugins may bring more. */
export const schedules: Catalogue<LearningRateSchedule> = /* @__PURE__ */ new Catalogue<LearningRateSchedule>(
  'schedule',
  [
    { name: 'cosineDecay', create: cosineDecay },
    { name: 'cosineDecayRestarts', create: cosineDecayRestarts },
    { name: 'exponentialDecay', create: exponentialDecay },
    { name: 'inverseTimeDecay', create: inverseTimeDecay },
    { name: 'linearWarmup', create: linearWarmup },
    { name: 'piecewiseConstantDecay', create: piecewiseConstantDecay },
    { name: 'polynomialDecay', create: polynomialDecay },
  ],
);
