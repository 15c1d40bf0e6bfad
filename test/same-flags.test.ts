import { optionFields, type JsonSchema, type OptionField } from '@featuremine/command-line';
import { chainProgram } from '../packages/retinanet/src/chain/commands';
import { programs } from './support/programs';

/** Flags that take another kind of value in some commands, and why. */
const OTHER_KIND: Readonly<Record<string, string>> = {
  'image-size': 'N is a number of pixels everywhere; detectors also take WxH',
  'batch-size': 'exports also take dynamic',
  exported: 'one is judged, several are shown',
  images: 'the folder of a data set; export takes any files and folders',
  iou: 'voc-eval also takes a range',
  detector: 'the form of the detector where one is trained; chain takes further options of it by key',
  val: 'split makes the image sets that the others name: its value is a share of the images',
  test: 'as val',
};

/** Flags whose help text differs: what they name is the same, what is said of it suits the command. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  data: 'batch-size dataset data cache voc set train val test images classes detections iou bootstrap',
  model: 'model weights run exported image-size input-size post-processing verify detector feature-mining precision',
  training: 'epochs lr warmup-steps decay-epochs clip-norm seed seeds',
  work: 'threads out force limit score-threshold protocol on-bad-box difficult',
};

/** Flags whose default differs, and why. */
const OTHER_DEFAULT: Readonly<Record<string, string>> = {
  'batch-size': 'classifiers are small, detectors large; eval takes that of the run',
  'input-size': 'a detector’s follows from how its images are resized',
  count: 'a detector takes longer',
  data: 'reproduce has a folder for all data sets',
  'clip-norm': 'overfit is safe without settings',
  'evaluate-every': 'overfit has epochs of a few images',
  'on-bad-box': 'training refuses, evaluation judges as VOC does, show shows the rest',
  'score-threshold': 'show shows what is sure',
  workers: 'the images of the demo are small',
  'warmup-steps': 'detectors warm up, as torchvision’s recipe',
  bootstrap: 'run has intervals on demand, compare is made of them',
  difficult: 'training takes them, VOC’s evaluation ignores them',
  detector: 'chain takes further options, none by default',
  epochs: 'one recipe each for classifiers, detectors and overfitting',
  'feature-mining': 'chain is there for it',
  flip: 'overfit changes no image',
  limit: 'overfit and show take a few images',
  val: 'split always makes one; training may have none',
  test: 'split makes one on demand; chain needs one',
  lr: 'one recipe each; detectors in proportion to the batch',
  model: 'that of the weights; a classifier has none',
  optimizer: 'overfit is quick',
  out: 'the demo page and reproduce have places of their own',
  precision: 'eval of a classifier takes that of the run, eval of an export that of the export',
  'pretrain-epochs': 'the demo is quick',
  schedule: 'overfit is quick',
  seeds: 'reproduce takes as many as the paper; chain compares only when asked',
};

interface Use {
  readonly command: string;
  readonly field: OptionField;
}

const uses = new Map<string, Use[]>();
for (const program of [...programs, chainProgram]) {
  for (const command of program.commands) {
    for (const field of optionFields(command.schema)) {
      if (field.key === command.positional?.key) continue;
      const use = { command: `${program.name} ${command.name}`, field };
      uses.set(field.flag, [...(uses.get(field.flag) ?? []), use]);
    }
  }
}

/** The flags of several commands of which `part` is not the same in all. */
function differing(part: (field: OptionField) => unknown): string[] {
  const flags = [...uses].filter(([, all]) => new Set(all.map(({ field }) => JSON.stringify(part(field)))).size > 1);
  return flags.map(([flag]) => flag).sort();
}

/** What a value is: choices and texts are both texts. */
function kindOf({ schema }: OptionField): string {
  const kinds = (part: JsonSchema): string[] => {
    if (part.anyOf !== undefined) return part.anyOf.flatMap(kinds);
    return [part.enum !== undefined || part.const !== undefined ? typeof (part.enum?.[0] ?? part.const) : part.type!];
  };
  return [...new Set(kinds(schema).map((kind) => (kind === 'integer' ? 'number' : kind)))].sort().join(' or ');
}

describe('a flag of several commands', () => {
  it('takes the same kind of value in all of them', () => {
    expect(differing(kindOf)).toEqual(Object.keys(OTHER_KIND).sort());
  });

  it('is described by the same words, unless the list says that the command needs others', () => {
    const listed = Object.values(OTHER_WORDS).flatMap((flags) => flags.split(' '));
    expect(differing(({ description }) => description)).toEqual(listed.sort());
  });

  it('has the same default, unless there is a reason', () => {
    expect(differing(({ defaultValue }) => defaultValue ?? null)).toEqual(Object.keys(OTHER_DEFAULT).sort());
  });

  it('is common enough for this to say something', () => {
    expect([...uses.values()].filter((all) => all.length > 1).length).toBeGreaterThan(60);
  });
});
