import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { z } from 'zod';
import { defineCommand, runCommands } from '../src';

const numRuns = process.env['FEATUREMINE_LONG'] === '1' ? 5000 : 300;

const command = defineCommand({
  name: 'go',
  summary: 'Go',
  examples: [],
  schema: z.object({
    count: z.number().int().min(1).default(1).describe('Count'),
    names: z.array(z.string()).default([]).describe('Names'),
    nested: z.object({
      rate: z.number().default(0.5),
      inner: z.object({ on: z.boolean().default(true) }).prefault({}),
    }),
    table: z.record(z.string(), z.number()).default({}).describe('Table'),
  }),
  hasConfig: true,
  run: (options, context) => context.output(options),
});

async function run(argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' };
  const kept = process.exitCode;
  const stdout = { write: (part: string) => (text.out += part) };
  const stderr = { write: (part: string) => (text.err += part) };
  const code = await runCommands({ name: 'tool', summary: 'Tool', commands: [command], argv, stdout, stderr });
  process.exitCode = kept;
  return { code, ...text };
}

const keys = ['count', 'names', 'nested', 'rate', 'inner', 'on', 'table', '__proto__', 'constructor', 'prototype', 'x'];
const words = [
  'go',
  '--count',
  '--names',
  '--nested',
  '--table',
  '--set',
  '--config',
  '--json',
  '--no-count',
  '--',
  '-',
];

describe('runCommands with hostile input', () => {
  it('accepts a config file or refuses it by name, and leaves Object.prototype as it is', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'command-line-')), 'config.json');
    const tree = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.dictionary(fc.constantFrom(...keys), tie('node'), { maxKeys: 4 }),
      ),
    })).node;
    await fc.assert(
      fc.asyncProperty(tree, async (config) => {
        writeFileSync(path, JSON.stringify(config));
        const { code, out, err } = await run(['go', '--config', path, '--json']);
        expect([0, 2]).toContain(code);
        if (code === 0) JSON.parse(out);
        else expect(err).toMatch(/^error: .+\n$/s);
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns, seed: 10 },
    );
  });

  it('refuses values that are nested deeply, in a config file and in --set', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'command-line-')), 'config.json');
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    for (const key of ['count', 'names', 'nested', 'table']) {
      writeFileSync(path, `{"${key}":${deep}}`);
      const { code, err } = await run(['go', '--config', path]);
      expect([code, err]).toEqual([2, expect.stringContaining('it is nested more than 64 deep')]);
    }
    expect((await run(['go', '--set', `table=${deep}`])).code).toBe(2);
    expect((await run(['go', '--set', `nested={"inner":${deep}}`])).code).toBe(2);
  });

  it('accepts or refuses any words with code 0 or 2', async () => {
    const word = fc.oneof(
      fc.constantFrom(...words),
      fc.string({ maxLength: 8 }),
      fc.tuple(fc.constantFrom(...keys), fc.string({ maxLength: 4 })).map(([key, value]) => `${key}=${value}`),
      fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...keys)).map(([a, b]) => `${a}.${b}=1`),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 8 }), async (argv) => {
        const { code, err } = await run(['go', ...argv]);
        expect({ code, err: code === 1 ? err : '' }).toEqual({ code: code === 0 ? 0 : 2, err: '' });
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns, seed: 11 },
    );
  });
});
