export { fusedActivations } from './activation-codes.js';
export * from './plugin.js';
