let depth = 0;

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
