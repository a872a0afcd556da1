export * from './deterministic-math.js';
export * from './errors.js';
export * from './json.js';
export * from './kernel.js';
export * from './option-checks.js';
export * from './rng.js';
export * from './shapes.js';
