export * from './mgu.js';
export * from './mgu-cell.js';
export * from './plugin.js';
