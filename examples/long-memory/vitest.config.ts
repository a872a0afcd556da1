import { mergeConfig } from 'vitest/config';
// @boundaries-ignore one test configuration for the whole workspace
import { shared } from '../../vitest.shared.js';

export default mergeConfig(shared, { test: { name: 'long-memory' } });
