export {
  formulaImage,
  formulaTensor,
  formulaWeights,
  projections,
  relativeL2,
  relativeMaximum,
  samples,
  toChannelsFirst,
} from '../../backbone-pretrain/test/formula-weights';
