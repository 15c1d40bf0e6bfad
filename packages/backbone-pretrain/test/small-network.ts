import { relu } from '@featuremine/tensor-graph';
import { FULLY_TRAINABLE, normalizedConvolution, operation, sequence } from '../src/layers';
import { makeNetwork, type Network } from '../src/network';

/** Three stages of one convolution, batch norm and ReLU: 4, 8 and 16 channels, halved twice; K = 3. */
export function smallNetwork(): Network {
  const widths = [3, 4, 8, 16];
  return makeNetwork({
    name: 'small',
    stem: operation((x) => x),
    stages: [1, 2, 3].map((number) => {
      const name = `layer${number}`;
      const shape = {
        inChannels: widths[number - 1],
        outChannels: widths[number],
        size: 3,
        stride: number > 1 ? 2 : 1,
      };
      const unit = normalizedConvolution({ convolution: `${name}.conv`, norm: `${name}.bn` }, shape, FULLY_TRAINABLE);
      return { name, layer: sequence([unit, operation(relu)]), channels: widths[number], halvings: number - 1 };
    }),
    classifier: 'fc',
    numClasses: 3,
  });
}
