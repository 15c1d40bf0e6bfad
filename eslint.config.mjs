import { readFileSync } from 'node:fs';
import tseslint from 'typescript-eslint';

// The layers, lowest first: a package may import only those before it. test/dependencies.test.ts holds package.json to them.
const { references } = JSON.parse(readFileSync(new URL('tsconfig.json', import.meta.url), 'utf8'));
const layers = references.map(({ path }) => path.replace('packages/', ''));

const direction = layers.map((name, index) => ({
  files: [`packages/${name}/src/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: layers.slice(index).map((upper) => `@featuremine/${upper}`),
            message: 'Imports go down the layers only.',
          },
          {
            group: ['@featuremine/*/*', '!@featuremine/*/browser', '!@featuremine/voc-eval/text'],
            message: 'Import a package by its index only, or by a part that its package.json exports.',
          },
          ...(['tensor-graph', 'graph-export', 'web-demo'].includes(name)
            ? []
            : [
                {
                  group: ['@tensorflow/*'],
                  message:
                    'TensorFlow is imported by tensor-graph only; by graph-export and web-demo in its form for browsers.',
                },
              ]),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.peers/**', '**/fixtures/**', 'eslint.config.mjs'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['packages/*/tsconfig.json', 'tsconfig.lint.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', 60],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Name the export.' },
        { selector: 'ExportAllDeclaration', message: 'Name the exports one by one.' },
      ],
      eqeqeq: 'error',
      '@typescript-eslint/no-require-imports': ['error', { allow: ['^koffi$'] }],
    },
  },
  {
    files: ['**/test/**/*.ts'],
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      // A `describe` is a function too.
      'max-lines-per-function': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/no-require-imports': 'off',
    },
  },
  ...direction,
);
