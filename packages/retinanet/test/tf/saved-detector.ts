import { join } from 'node:path';
import { Random } from '@featuremine/random';
import { firstValues } from '@featuremine/tensor-graph';
import { makeStateDict, writeSafetensors } from '@featuremine/weights';
import type { DetectorArchitecture } from '../../src/architecture';
import { makeDetector } from '../../src/detector';
import type { DetectorConfig } from '../../src/detector-config';
import { smallArchitecture } from '../small-architecture';
import { quickStart } from './quick-start';

/**
 * Writes an untrained detector with torchvision's names, and what the file says of it; returns the path. `classBias` is
 * the logit that all classes are near.
 */
export function saveUntrainedDetector(
  folder: string,
  parts: Partial<DetectorArchitecture> = {},
  said?: Omit<DetectorConfig, 'architecture'>,
  { classBias = -1 }: { readonly classBias?: number } = {},
): string {
  const detector = makeDetector(smallArchitecture(parts));
  const random = Random.of(1);
  const values = new Map(
    quickStart(detector.variables).map((variable) => [variable.name, firstValues(variable, random)]),
  );
  // Every anchor is as likely an object as not, so that there is something to post-process.
  values.get('head.classification_head.cls_logits.bias')!.fill(classBias);
  const path = join(folder, 'detector.safetensors');
  const metadata = said && { detector: JSON.stringify({ ...said, architecture: detector.architecture }) };
  writeSafetensors(path, makeStateDict(detector.variables, values), metadata);
  return path;
}
