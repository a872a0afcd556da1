export * from './adapters.js';
export { completeBackend } from './complete-backend.js';
export * from './training-table.js';
export * from './use-backend.js';
export type { UseBackendOptions } from './use-backend-options.js';
