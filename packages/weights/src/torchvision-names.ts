/**
 * The name that current torchvision gives to a tensor of a state dict of any age.
 *
 * RetinaNet files from before torchvision 0.13 have `fpn.inner_blocks.0.weight` for `fpn.inner_blocks.0.0.weight`, the
 * same for `layer_blocks`, and number the heads' convolutions with the ReLUs between them: `conv.{0,2,4,6}.weight` for
 * `conv.{0,1,2,3}.0.weight`. Other names stay as they are.
 *
 * Source: torchvision ops/feature_pyramid_network.py and models/detection/retinanet.py, `_load_from_state_dict`.
 */
export function currentTorchvisionName(name: string): string {
  const block = /^(.*\bfpn\.(?:inner|layer)_blocks\.\d+)\.(weight|bias)$/.exec(name);
  if (block) return `${block[1]}.0.${block[2]}`;
  const head = /^(.*\b(?:classification|regression)_head\.conv)\.([0246])\.(weight|bias)$/.exec(name);
  if (head) return `${head[1]}.${Number(head[2]) / 2}.0.${head[3]}`;
  return name;
}

/** True for the batch counters of batch norm, which PyTorch keeps and which change nothing at a momentum of 0.1. */
export function isBatchCounter(name: string): boolean {
  return name.endsWith('.num_batches_tracked') || name === 'num_batches_tracked';
}

/** The names without `module.`, when all have it: DistributedDataParallel saves its wrapper's names. */
export function withoutWrapper<T>(tensors: ReadonlyMap<string, T>): Map<string, T> {
  const prefix = 'module.';
  const isWrapped = tensors.size > 0 && [...tensors.keys()].every((name) => name.startsWith(prefix));
  return new Map([...tensors].map(([name, tensor]) => [isWrapped ? name.slice(prefix.length) : name, tensor]));
}
