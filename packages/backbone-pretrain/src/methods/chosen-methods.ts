import type { Network } from '../network';
import type { TrainOptions } from '../training-options';
import { byot } from './byot';
import { csKd } from './cs-kd';
import { cutmix, mixupOrCutmix } from './cutmix';
import { fixedMask } from './fixed-mask';
import { mixup } from './mixup';
import { DROPOUT_RATES, stageDropout } from './stage-dropout';
import type { TrainingMethod } from './training-method';

/** The methods that the options choose, in the order in which they change images and maps. */
export function chosenMethods(options: TrainOptions, network: Network, imageSize: number): TrainingMethod[] {
  const { dropout, dropoutRate, csKd: weight, csKdTemperature: temperature } = options;
  return [
    ...mixingMethod(options, imageSize),
    ...(dropout === 'none' ? [] : [stageDropout(network, dropout, dropoutRate ?? DROPOUT_RATES[dropout])]),
    ...(options.fixedMask === 'none' ? [] : [fixedMask(network, options.fixedMask, imageSize)]),
    ...(options.byot ? [byotMethod(options, network, imageSize)] : []),
    ...(weight === 0 ? [] : [csKd({ weight, temperature })]),
  ];
}

/** The methods with outputs of their own at test. */
export function testMethods(options: TrainOptions, network: Network, imageSize: number): TrainingMethod[] {
  return options.byot ? [byotMethod(options, network, imageSize)] : [];
}

function mixingMethod(options: TrainOptions, imageSize: number): TrainingMethod[] {
  const { mixup: mixupAlpha, cutmix: alpha, cutmixProbability: probability, labelSmoothing } = options;
  if (mixupAlpha > 0 && alpha > 0) return [mixupOrCutmix({ mixupAlpha, alpha, imageSize, labelSmoothing })];
  if (mixupAlpha > 0) return [mixup({ alpha: mixupAlpha, labelSmoothing })];
  return alpha > 0 ? [cutmix({ alpha, probability, imageSize, labelSmoothing })] : [];
}

function byotMethod(options: TrainOptions, network: Network, imageSize: number): TrainingMethod {
  const { byotAlpha: alpha, byotTemperature: temperature, byotFeatureWeight: featureWeight } = options;
  return byot(network, { imageSize, alpha, temperature, featureWeight });
}
