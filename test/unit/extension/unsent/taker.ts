/** A process of the race for texts: says that it is there, waits for the start, takes what it can, tells of each at once. */
import { silentLogger } from '../../../../src/common/logger.ts';
import { UnsentFiles } from '../../../../src/extension/unsent/unsent-files.ts';

const [directory = ''] = process.argv.slice(2);

process.once('message', () => {
  const files = new UnsentFiles(silentLogger);
  files.use(directory);
  const taken = files.takeOrphans(() => true).map(({ id }) => id);
  process.send?.(taken);
  // Until it is killed it looks after them.
  setInterval(() => undefined, 1_000);
});
process.send?.('there');
