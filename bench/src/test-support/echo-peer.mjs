// A peer for tests: greets, answers or fails as its argument says.
import { createInterface } from 'node:readline';

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const behaviour = process.argv[2];
if (behaviour === 'missing') say({ missing: 'no such package' });
else if (behaviour === 'broken') {
  process.stderr.write('Traceback\nImportError: broken\n');
  process.exit(1);
} else {
  say({ versions: { echo: '1' } });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    if (behaviour === 'dies') process.exit(3);
    if (request.do === 'prepare') say({ error: 'ValueError: no' });
    else say({ millis: [request.millis, request.most], cpuMillis: 30, wallMillis: 20 });
  }
}
