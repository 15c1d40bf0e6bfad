import { optionFields } from '@featuremine/command-line';
import { programs } from './support/programs';

/** Commands and flags that scripts outside this repository rely on: none of them goes away or gets another name. */
const STABLE: Readonly<Record<string, string>> = {
  'backbone-pretrain train':
    'dataset data model feature-mining epochs batch-size image-size lr precision seed workers out config set weights resume json',
  'backbone-pretrain eval': 'run dataset data json',
  'retinanet train':
    'voc train val classes backbone weights image-size min-size max-size epochs batch-size lr precision seed workers ' +
    'on-bad-box config set resume out json',
  'retinanet eval': 'run voc set protocol json',
  'retinanet predict': 'run weights classes image-size min-size max-size out score-threshold json',
  'retinanet validate': 'voc json',
  'retinanet anchors': 'voc set image-size',
  'retinanet split': 'val seed',
  'retinanet export': 'run format out verify images',
  'voc-eval run': 'voc set ground-truth detections protocol iou json report',
  'voc-eval validate': 'voc set json',
};

describe('flags that others rely on', () => {
  it.each(Object.entries(STABLE))('%s has them', (name, flags) => {
    const commands = programs.flatMap((program) => program.commands.map((command) => ({ program, command })));
    const found = commands.find(({ program, command }) => `${program.name} ${command.name}` === name);
    const { schema, hasConfig, hasJson } = found!.command;
    const common = [...(hasConfig ? ['config', 'set'] : []), ...(hasJson ? ['json'] : [])];
    const has = new Set([...optionFields(schema).map(({ flag }) => flag), ...common]);
    expect(flags.split(' ').filter((flag) => !has.has(flag))).toEqual([]);
  });
});
