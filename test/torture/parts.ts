import { readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from '../harness/paths.ts';
import { Random } from '../integration/support/random.ts';
import type { Course, Form, Part } from './part.ts';

const folder = path.join(root, 'test/torture/parts');

/** All parts: one for each file of the folder, which exports it as `part`. */
export async function allParts(): Promise<Part[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  return Promise.all(files.sort().map((file) => loadPart(path.basename(file, '.ts'))));
}

export async function loadPart(name: string): Promise<Part> {
  const { part } = (await import(path.join(folder, `${name}.ts`))) as { part: Part };
  if (part.name !== name) throw new Error(`The part in ${name}.ts calls itself ${part.name}.`);
  return part;
}

export function newCourse(form: Form, seed: number, progress: (text: string) => void): Course {
  return { form, seed, random: new Random(seed), progress };
}
