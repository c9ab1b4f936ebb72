import { readFileSync } from 'node:fs';
import initSqlJs, { type SqlJsStatic } from 'sql.js';

/** SQLite, compiled and ready. One per process is enough. */
export interface SqliteEngine {
  readonly Database: SqlJsStatic['Database'];
}

/** Compiles SQLite from `sql-wasm.wasm`: its bytes, or the path of the file. */
export async function loadWasm(wasm: Uint8Array | string): Promise<SqliteEngine> {
  const bytes = typeof wasm === 'string' ? readFileSync(wasm) : wasm;
  // The library wants an ArrayBuffer of exactly these bytes; a small Buffer is a window into a larger one.
  return initSqlJs({ wasmBinary: new Uint8Array(bytes).buffer });
}
