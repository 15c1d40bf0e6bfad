/** Runs `fn` without own kernels: graphs that are made in it have TensorFlow's ops alone. */
export async function withStockKernels<T>(fn: () => Promise<T>): Promise<T> {
  const before = process.env['FEATUREMINE_KERNELS'];
  process.env['FEATUREMINE_KERNELS'] = 'stock';
  try {
    return await fn();
  } finally {
    if (before === undefined) delete process.env['FEATUREMINE_KERNELS'];
    else process.env['FEATUREMINE_KERNELS'] = before;
  }
}
