/** Marks the branch that cannot be reached once every member of a union is handled; the compiler proves it. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
