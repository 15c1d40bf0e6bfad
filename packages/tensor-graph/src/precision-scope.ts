let depth = 0;
let isBfloat16 = false;

/**
 * Runs `fn` with the promise that the ops called inside stay float32 in a model of `precision: 'bfloat16'`: losses,
 * statistics and box arithmetic belong here. It changes nothing in eager mode and in float32 models.
 */
export function float32Scope<T>(fn: () => T): T {
  depth++;
  try {
    return fn();
  } finally {
    depth--;
  }
}

/** Whether the code that runs now is inside a `float32Scope`. */
export function isInFloat32Scope(): boolean {
  return depth > 0;
}

/** Records `fn` for a model of this precision: ops may choose a form that is fast in it. */
export function forPrecision<T>(precision: 'float32' | 'bfloat16', fn: () => T): T {
  const before = isBfloat16;
  isBfloat16 = precision === 'bfloat16';
  try {
    return fn();
  } finally {
    isBfloat16 = before;
  }
}

/** Whether what is recorded now will be computed in bfloat16. */
export function isInBfloat16Model(): boolean {
  return isBfloat16 && !isInFloat32Scope();
}
