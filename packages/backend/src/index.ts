export * from './adapters.js';
export { completeBackend } from './complete-backend.js';
export * from './training-table.js';
export * from './use-backend.js';
