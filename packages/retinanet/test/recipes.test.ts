import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { trainSchema } from '../src/train-options';

const root = join(__dirname, '..', '..', '..');
const docs = readFileSync(join(root, 'docs', 'recipes.md'), 'utf8');
const recipes = readdirSync(join(root, 'configs')).filter(
  (name) => name.startsWith('retinanet-') && name !== 'retinanet-chain-compare.json',
);

describe('recipes', () => {
  it.each(recipes)('%s: all of its keys are known and fit, and it says its command and what it is for', (name) => {
    const content = JSON.parse(readFileSync(join(root, 'configs', name), 'utf8')) as Record<string, unknown>;
    const keys = Object.entries(content).filter(([key]) => !key.startsWith('//'));
    const { success, error } = trainSchema.strict().safeParse({ out: 'run', ...Object.fromEntries(keys) });
    expect({ success, error }).toEqual({ success: true, error: undefined });
    expect(content['//']).toContain(`retinanet train --config configs/${name} --voc`);
    expect(content['// for']).toEqual(expect.any(String));
    expect(content['// time']).toEqual(expect.any(String));
  });

  it.each(recipes)('%s has its command in docs/recipes.md', (name) => {
    expect(docs).toContain(`--config configs/${name} `);
  });
});
