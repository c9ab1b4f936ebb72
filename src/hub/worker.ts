import { runWorker } from './run-worker.ts';

runWorker();
