/** Shows a download: a bar to those who watch, a line to everyone else. */
import type { DownloadProgress } from '@ostinato/datasets';
import cliProgress from 'cli-progress';
import type { Output } from '../output.js';

const FORMAT = 'Downloading {name} [{bar}] {percentage} %  ETA {eta_formatted}';

export interface DownloadDisplay {
  readonly show: (progress: DownloadProgress) => void;
  stop(): void;
}

export function downloadDisplay(output: Output): DownloadDisplay {
  let current: string | undefined;
  const bar = new cliProgress.SingleBar({
    stream: output.stdout as NodeJS.WritableStream,
    format: FORMAT,
    barsize: 24,
    barIncompleteChar: ' ',
    clearOnComplete: true,
    hideCursor: null,
    linewrap: true,
  });
  const begin = ({ name, totalBytes }: DownloadProgress): void => {
    current = name;
    if (output.interactive) bar.start(totalBytes, 0, { name });
    else output.say(`Downloading ${name}, ${(totalBytes / 1e6).toFixed(1)} MB …`);
  };
  return {
    show: (progress) => {
      if (progress.name !== current) {
        bar.stop();
        begin(progress);
      }
      bar.update(progress.receivedBytes);
    },
    stop: () => bar.stop(),
  };
}
