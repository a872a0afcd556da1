import { showPath } from './show-path.js';

/** What to type to go on with the run in a folder, for who started the program by `npm start` or by its name. */
export function resumeCommand(folder: string): string {
  const program = process.env.npm_lifecycle_event === 'start' ? 'npm start --' : 'ostinato-imdb train';
  return `${program} --resume ${showPath(folder)}`;
}
