import { packageVersion } from '@featuremine/command-line';
import { sourceCommit } from '@featuremine/training';
import type { TrainOptions } from './training-options';

/** Options of a run that say nothing about the weights that come out of it. */
const WITHOUT_EFFECT: readonly string[] = [
  'out',
  'resume',
  'checkpointEvery',
  'checkpointEverySeconds',
  'keep',
  'logEvery',
  'cache',
];

/** Where weights come from, as the metadata of a weights file: texts only, `recipe` and `classes` as JSON. */
export function provenanceOf(options: {
  readonly classNames: readonly string[];
  readonly recipe: TrainOptions;
}): Record<string, string> {
  const { classNames, recipe } = options;
  const commit = sourceCommit();
  const kept = Object.entries(recipe).filter(([key]) => !WITHOUT_EFFECT.includes(key));
  return {
    producer: `@featuremine/backbone-pretrain ${packageVersion(__filename)}`,
    ...(commit === undefined ? {} : { commit }),
    model: recipe.model,
    seed: String(recipe.seed),
    dataset: recipe.dataset,
    featureMining: String(recipe.featureMining),
    classes: JSON.stringify(classNames),
    recipe: JSON.stringify(Object.fromEntries(kept)),
  };
}
