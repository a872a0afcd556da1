// What `npm start` hands to the IMDB program.

const commands = new Set(['train', 'evaluate', 'predict', 'compare', 'help']);
const global = new Set(['--help', '-h', '--version']);

/** `train` is what `npm start` does when no command is named. @param {string[]} args */
export function withCommand(args) {
  const [first] = args;
  return first !== undefined && (commands.has(first) || global.has(first)) ? args : ['train', ...args];
}
