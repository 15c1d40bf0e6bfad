import type { Program } from '@featuremine/command-line';
import { backbonePretrainProgram } from '../../packages/backbone-pretrain/src/cli';
import { retinanetProgram } from '../../packages/retinanet/src/cli';
import { tensorGraphProgram } from '../../packages/tensor-graph/src/cli';
import { vocEvalProgram } from '../../packages/voc-eval/src/cli';
import { webDemoProgram } from '../../packages/web-demo/src/cli';

/** All command-line programs. */
export const programs: readonly Program[] = [
  backbonePretrainProgram,
  retinanetProgram,
  tensorGraphProgram,
  vocEvalProgram,
  webDemoProgram,
];
