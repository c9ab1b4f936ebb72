/** Which process is meant, beyond its pid, and whether it still runs; interfaces ask here and never reach below the client. */
export { processLives, processStartTime } from '../rendezvous/process.ts';
