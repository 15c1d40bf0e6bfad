export { resnet, RESNET_DEPTHS } from './networks/resnet';
export type { ResNetBackbone, ResNetDepth, ResNetMaps, ResNetOptions, StemSize } from './networks/resnet';
