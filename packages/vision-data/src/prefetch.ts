/**
 * The results of `make(0)`, `make(1)`, … in order, with at most `ahead` of them begun beyond the one that is taken.
 *
 * A failure is thrown in its turn. Stopping early leaves what was begun to finish unseen.
 */
export async function* prefetchInOrder<T>(options: {
  readonly count: number;
  readonly ahead: number;
  readonly make: (position: number) => Promise<T>;
}): AsyncGenerator<T, void, undefined> {
  const { count, ahead, make } = options;
  const begun: Promise<T>[] = [];
  let next = 0;
  const begin = (): void => {
    while (next < count && begun.length < ahead) {
      const result = make(next++);
      result.catch(() => undefined); // Thrown in its turn below, or never when the reader stops early.
      begun.push(result);
    }
  };
  for (let position = 0; position < count; position++) {
    begin();
    const value = await begun.shift()!;
    begin();
    yield value;
  }
}
