import type { HostTensor } from '@featuremine/tensor-graph';

/** An exported model in a runtime that can run it. */
export interface ModelRunner {
  /** Inputs by name, images as [N, H, W, C] whatever the format; outputs by name. Runs follow one another. */
  run(inputs: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>>;
  close(): Promise<void>;
}
