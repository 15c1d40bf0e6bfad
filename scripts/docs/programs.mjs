// The programs whose commands are documented, as the built packages define them; none of them is run.
import { optionFields } from '@featuremine/command-line';
import backbonePretrain from '../../packages/backbone-pretrain/dist/cli.js';
import retinanet from '../../packages/retinanet/dist/cli.js';
import chain from '../../packages/retinanet/dist/chain/commands.js';
import tensorGraph from '../../packages/tensor-graph/dist/cli.js';
import vocEval from '../../packages/voc-eval/dist/cli.js';
import webDemo from '../../packages/web-demo/dist/cli.js';

/** By the name of the bin. */
export const programs = new Map(
  [
    backbonePretrain.backbonePretrainProgram,
    retinanet.retinanetProgram,
    vocEval.vocEvalProgram,
    tensorGraph.tensorGraphProgram,
    webDemo.webDemoProgram,
  ].map((program) => [program.name, program]),
);

/** `npm run chain` and `npm run demo`. */
export const { chainProgram } = chain;

/** Flags of every command. */
const COMMON = ['json', 'debug', 'help', 'version', 'config', 'set'];

/** All flags of a command, without dashes. */
export function flagsOf(command) {
  return new Set([...optionFields(command.schema).map(({ flag }) => flag), ...COMMON]);
}
