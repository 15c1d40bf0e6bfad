import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { z } from 'zod';
import { defineCommand, runCommands } from '../src';

const size = z
  .string()
  .regex(/^\d+(x\d+)?$/, 'a size, N or WxH')
  .default('320')
  .describe('Size of the images');

const trainSchema = z.object({
  voc: z.string().min(1).describe('Folder of the VOCdevkit'),
  epochs: z.number().int().min(1).default(10).describe('Epochs'),
  lr: z.number().positive().default(0.01).describe('Learning rate'),
  precision: z.enum(['float32', 'bfloat16']).default('float32').describe('Precision'),
  classes: z.array(z.string().min(1)).optional().describe('Class names'),
  imageSize: size,
  resume: z.boolean().default(false).describe('Go on'),
  earlyStop: z
    .union([z.number().int().min(1), z.enum(['none'])])
    .default('none')
    .describe('Epochs without gain'),
  optimizer: z
    .object({ momentum: z.number().min(0).max(1).default(0.9), kind: z.enum(['sgd', 'adamw']).default('sgd') })
    .prefault({})
    .describe('Optimizer'),
});

const train = defineCommand({
  name: 'train',
  summary: 'Train a thing',
  examples: ['tool train --voc VOCdevkit --epochs 3'],
  schema: trainSchema,
  hasConfig: true,
  run(options, context) {
    context.log.info('training');
    context.print(`epochs ${options.epochs}`);
    context.output(options);
  },
});

const predict = defineCommand({
  name: 'predict',
  summary: 'Predict',
  examples: [],
  schema: z.object({ images: z.array(z.string()).min(1), set: z.string().default('2007/test').describe('Image set') }),
  positional: { key: 'images', describe: 'IMAGE', isArray: true },
  run: (options, context) => context.output(options),
});

const broken = defineCommand({
  name: 'broken',
  summary: 'Fails',
  examples: [],
  schema: z.object({ how: z.enum(['user', 'ours', 'signal']).describe('Way to fail') }),
  run(options) {
    if (options.how === 'user') throw new DatasetError({ where: 'a.xml', found: 'nothing', fix: 'Fix it' });
    if (options.how === 'signal') return 130;
    throw new TypeError('oh');
  },
});

const file = defineCommand({
  name: 'file',
  summary: 'Prints a file',
  examples: [],
  schema: z.object({ path: z.string().describe('File') }),
  run: ({ path }, context) => context.outputFile(path),
});

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(...argv: string[]): Promise<Result> {
  const text = { out: '', err: '' };
  const kept = process.exitCode;
  const code = await runCommands({
    name: 'tool',
    summary: 'A tool',
    commands: [train, predict, broken, file],
    argv,
    stdout: { write: (part) => (text.out += part), columns: 100 },
    stderr: { write: (part) => (text.err += part), columns: 100 },
  });
  process.exitCode = kept;
  return { code, ...text };
}

async function optionsOf(...argv: string[]): Promise<Record<string, unknown>> {
  const result = await run(...argv, '--json');
  expect(result.err.replace('training\n', '')).toBe('');
  return JSON.parse(result.out) as Record<string, unknown>;
}

function configFile(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'command-line-')), 'recipe.json');
  writeFileSync(path, text);
  return path;
}

describe('runCommands', () => {
  it('fills in the defaults of the schema', async () => {
    expect(await optionsOf('train', '--voc', 'kit')).toEqual({
      voc: 'kit',
      epochs: 10,
      lr: 0.01,
      precision: 'float32',
      imageSize: '320',
      resume: false,
      earlyStop: 'none',
      optimizer: { momentum: 0.9, kind: 'sgd' },
    });
  });

  it('reads numbers, choices, lists, booleans and unions from flags', async () => {
    const argv = ['--lr', '1e-3', '--precision=bfloat16', '--classes', 'dog,cat', '--classes', 'cow', '--resume'];
    const options = await optionsOf('train', '--voc', 'kit', ...argv, '--image-size', '0320', '--early-stop', '5');
    expect(options).toMatchObject({
      lr: 0.001,
      precision: 'bfloat16',
      classes: ['dog', 'cat', 'cow'],
      resume: true,
      imageSize: '0320',
      earlyStop: 5,
    });
  });

  it('lets a flag win over --set, --set over the config file, and the file over the default', async () => {
    const path = configFile('{"//": "a note", "epochs": 2, "lr": 0.5, "voc": "kit", "optimizer": {"momentum": 0.5}}');
    const sets = ['--set', 'lr=0.25', '--set', 'epochs=3', '--set', 'optimizer.kind=adamw'];
    const options = await optionsOf('train', '--config', path, ...sets, '--epochs', '4');
    expect(options).toMatchObject({ epochs: 4, lr: 0.25, optimizer: { momentum: 0.5, kind: 'adamw' } });
  });

  it('takes arguments that are no flags as they are, and a flag named --set where the command has one', async () => {
    const options = await optionsOf('predict', '7.jpg', '010', '--set', '2007/val');
    expect(options).toEqual({ images: ['7.jpg', '010'], set: '2007/val' });
  });

  it('writes the log to stderr, and to stdout either the text or one JSON object', async () => {
    expect(await run('train', '--voc', 'kit')).toEqual({ code: 0, out: 'epochs 10\n', err: 'training\n' });
    const { out } = await run('train', '--voc', 'kit', '--json');
    expect(out.split('\n')).toHaveLength(2);
  });

  it('prints what a file holds as the result with --json, at the pace of its reader, and nothing without', async () => {
    const text = JSON.stringify({ long: 'é'.repeat(200_000) });
    const path = configFile(text);
    expect(await run('file', '--path', path)).toEqual({ code: 0, out: '', err: '' });
    const parts: string[] = [];
    let behind = 0;
    const stdout = {
      write(part: string) {
        expect(behind).toBe(0);
        behind++;
        return parts.push(part) === 0;
      },
      once(_event: 'drain', listener: () => void) {
        setTimeout(() => {
          behind = 0;
          listener();
        });
      },
    };
    const argv = ['file', '--path', path, '--json'];
    expect(await runCommands({ name: 'tool', summary: 'A tool', commands: [file], argv, stdout })).toBe(0);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.join('')).toBe(text);
  });

  it('prints defaults, kinds, required flags and examples in the help', async () => {
    const { code, out } = await run('train', '--help');
    expect(code).toBe(0);
    expect(out).toContain('tool train [flags]');
    expect(out).toMatch(/--voc +Folder of the VOCdevkit \[required\]/);
    expect(out).toMatch(/--epochs +Epochs \[whole number from 1\] +\[default: 10\]/);
    expect(out).toContain('tool train --voc VOCdevkit --epochs 3');
    expect(out).toContain('--config');
  });

  it('lists the commands in the help of the program, on stderr with code 2 if no command is named', async () => {
    const asked = await run('--help');
    expect(asked.code).toBe(0);
    expect(asked.out).toMatch(/tool train +Train a thing/);
    const { code, out, err } = await run();
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('tool predict');
  });

  const config = configFile('{"voc": "kit", "optimzer": {"momentum": 1}}');
  const nested = configFile('{"voc": "kit", "optimizer": {"momentun": 1}}');
  const wrong = configFile('{"voc": "kit", "epochs": "many"}');
  const hostile = configFile('{"voc": "kit", "__proto__": {"polluted": 1}}');
  const faults: [name: string, argv: string[], message: RegExp][] = [
    [
      'an unknown flag',
      ['train', '--voc', 'k', '--epoch', '3'],
      /^error: --epoch: unknown flag\. Did you mean --epochs\?/,
    ],
    [
      'an unknown command',
      ['trein'],
      /unknown command "trein", expected train, predict, broken, file\. Did you mean "train"\?/,
    ],
    [
      'a missing flag',
      ['train'],
      /^error: --voc: missing, expected a text.*\. Add --voc \(Folder of the VOCdevkit\)\.\n$/,
    ],
    [
      'a missing argument',
      ['predict'],
      /^error: IMAGE: missing, expected at least 1 of a list of texts\. Name IMAGE\./,
    ],
    ['a doubled flag', ['train', '--voc', 'k', '--lr', '1', '--lr', '2'], /^error: --lr: given 2 times \("1", "2"\)/],
    ['no number', ['train', '--voc', 'k', '--lr', 'fast'], /^error: --lr: "fast", expected a number above 0\./],
    ['not a number', ['train', '--voc', 'k', '--lr', 'NaN'], /^error: --lr: "NaN", expected a number above 0\./],
    [
      'a hexadecimal number',
      ['train', '--voc', 'k', '--epochs', '0x10'],
      /--epochs: "0x10", expected a whole number from 1/,
    ],
    [
      'a part of a whole',
      ['train', '--voc', 'k', '--epochs', '1.5'],
      /--epochs: 1\.5, expected a whole number from 1\./,
    ],
    ['a number out of range', ['train', '--voc', 'k', '--lr', '-1'], /--lr: -1, expected a number above 0/],
    [
      'no choice',
      ['train', '--voc', 'k', '--precision', 'f16'],
      /--precision: "f16", expected float32 or bfloat16\. Give/,
    ],
    [
      'a misspelt choice',
      ['train', '--voc', 'k', '--precision', 'bfloat61'],
      /expected float32 or bfloat16\. Did you mean bfloat16\?\n/,
    ],
    [
      'a misspelt choice in --set',
      ['train', '--voc', 'k', '--set', 'precision=flaot32'],
      /--set precision: "flaot32", .*Did you mean float32\?\n/,
    ],
    ['an unknown switch', ['train', '--voc', 'k', '--no-such'], /^error: --no-such: unknown flag\. See/],
    ['a bad pattern', ['train', '--voc', 'k', '--image-size', '3x'], /--image-size: "3x", expected a size, N or WxH/],
    ['no value', ['train', '--epochs', '--voc', 'k'], /--epochs: no value, expected --epochs VALUE/],
    ['a surplus argument', ['train', 'x', '--voc', 'k'], /argument "x": not known here, expected flags only/],
    ['a negated text', ['train', '--no-voc'], /--voc: false, expected a text/],
    [
      'an unknown key',
      ['train', '--config', config],
      /recipe\.json, key "optimzer": not known.*Did you mean "optimizer"\?/,
    ],
    [
      'an unknown nested key',
      ['train', '--config', nested],
      /"optimizer\.momentun": not known.*"optimizer\.momentum"\?/,
    ],
    ['a wrong value in a file', ['train', '--config', wrong], /key "epochs": "many", expected a whole number from 1/],
    ['a key of the prototype', ['train', '--config', hostile], /key "__proto__": not known/],
    [
      'a missing config file',
      ['train', '--config', '/nowhere.json'],
      /^error: \/nowhere\.json: there is no such file or folder\./,
    ],
    ['broken JSON', ['train', '--config', configFile('{')], /recipe\.json: no valid JSON/],
    ['an array', ['train', '--config', configFile('[]')], /its root is no object/],
    [
      'an unknown --set key',
      ['train', '--voc', 'k', '--set', 'lrr=1'],
      /--set, key "lrr": not known.*Did you mean "lr"\?/,
    ],
    ['a prototype in --set', ['train', '--voc', 'k', '--set', '__proto__.x=1'], /--set, key "__proto__": not known/],
    ['a --set without value', ['train', '--voc', 'k', '--set', 'lr'], /--set lr: no "key=", expected key=value/],
    ['a --set out of range', ['train', '--voc', 'k', '--set', 'optimizer.momentum=3'], /--set optimizer\.momentum: 3/],
  ];
  it.each(faults)('refuses %s by name with exit code 2', async (_, argv, message) => {
    const { code, out, err } = await run(...argv);
    expect(err).toMatch(message);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toContain('    at ');
  });

  it('tells of every fault when there are several', async () => {
    const { err } = await run('train', '--epochs', '0', '--lr', '0');
    expect(err).toMatch(
      /tool train: 3 faults\. Fix each:\n {2}--voc: missing.*\n {2}--epochs: 0.*\n {2}--lr: 0.*[^.\n]\.\n$/,
    );
  });

  it('gives code 1 to a fault of the program, 2 to the user, and what the command returned otherwise', async () => {
    expect((await run('broken', '--how', 'user')).err).toBe('error: a.xml: nothing. Fix it.\n');
    expect((await run('broken', '--how', 'ours')).code).toBe(1);
    expect((await run('broken', '--how', 'signal')).code).toBe(130);
  });

  it('prints the stack with --debug only', async () => {
    expect((await run('broken', '--how', 'ours')).err).not.toContain('    at ');
    expect((await run('broken', '--how', 'ours', '--debug')).err).toContain('    at ');
  });

  it('completes commands, flags and choices for a shell', async () => {
    const words = async (...typed: string[]): Promise<string[]> =>
      (await run('--get-yargs-completions', 'tool', ...typed)).out.trimEnd().split('\n');
    expect(await words('')).toEqual(expect.arrayContaining(['train', 'predict', 'completion']));
    expect(await words('train', '--')).toEqual(expect.arrayContaining(['--voc', '--epochs']));
    expect(await words('train', '--precision', '')).toEqual(['float32', 'bfloat16']);
  });

  it('does not change Object.prototype', async () => {
    await run('train', '--config', hostile);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
