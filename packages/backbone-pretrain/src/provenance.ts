import { packageVersion } from '@featuremine/command-line';
import { PLACE_KEYS, sourceCommit } from '@featuremine/training';
import type { TrainOptions } from './training-options';

/** Where weights come from, as the metadata of a weights file: texts only, `recipe` and `classes` as JSON. */
export function provenanceOf(options: {
  readonly classNames: readonly string[];
  readonly recipe: TrainOptions;
}): Record<string, string> {
  const { classNames, recipe } = options;
  const commit = sourceCommit();
  const kept = Object.entries(recipe).filter(([key]) => !PLACE_KEYS.has(key));
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
