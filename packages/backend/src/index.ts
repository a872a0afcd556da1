export * from './adapters.js';
export * from './complete-backend.js';
export * from './use-backend.js';
