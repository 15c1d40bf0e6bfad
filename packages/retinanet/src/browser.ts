// The part of this package that also runs in a browser: `@featuremine/retinanet/browser`. No TensorFlow, no module of Node.
export { keepScoresFrom, scaleDetections } from './detections';
export type { Detections } from './detections';
export type { ImageSize } from '@featuremine/vision-data/browser';
export { namedDetections } from './image-detections';
export type { FoundObject, ImageDetections } from './image-detections';
export { TORCHVISION_POST_PROCESS, postProcess } from './post-process';
export type { LevelOutput, PostProcessSettings } from './post-process';
export { detectionsOfExport, exportedLevels } from './export/exported-outputs';
export type { ExportedOutputs } from './export/exported-outputs';
