export {
  formulaImage,
  formulaTensor,
  formulaWeights,
  projectedDistance,
  projections,
  samples,
  toChannelsFirst,
} from '../../backbone-pretrain/test/formula-weights';
