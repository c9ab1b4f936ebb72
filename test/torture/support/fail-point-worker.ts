/* The product's hub, which stops at a point that a test names; the entry of a variant. */
import { runWorker } from '../../../src/hub/run-worker.ts';
import { stopThere } from './fail-points/trap.ts';

runWorker((directory) => ({ checkpoint: (point) => stopThere(directory, point) }));
