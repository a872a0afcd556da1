import { expect, it } from 'vitest';
import { withCommand } from './imdb-arguments.mjs';

it('npm start trains unless a command or a question about the program comes first', () => {
  expect(withCommand([])).toEqual(['train']);
  expect(withCommand(['--data', 'evaluate'])).toEqual(['train', '--data', 'evaluate']);
  expect(withCommand(['predict', 'a fine film'])).toEqual(['predict', 'a fine film']);
  expect(withCommand(['--help'])).toEqual(['--help']);
});
