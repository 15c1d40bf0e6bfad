import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

// A whole TypeScript program, on a machine that may be busy.
jest.setTimeout(120_000);

const root = join(__dirname, '..');

/** The TypeScript examples of all packages' READMEs by paths beside them, where they find what the package finds. */
function examples(): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(join(root, 'packages'))) {
    const folder = join(root, 'packages', name);
    const blocks = readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^```ts\n([^]*?)^```/gm);
    for (const [, code] of blocks) found.set(join(folder, `example-${found.size}.mts`), code);
  }
  return found;
}

/** What the compiler says of these files, which need not be on the disk. */
function faultsOf(files: ReadonlyMap<string, string>): { code: number; text: string }[] {
  const options: ts.CompilerOptions = {
    ...{ noEmit: true, strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true, types: ['node'] },
    ...{ target: ts.ScriptTarget.ES2022, lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'], module: ts.ModuleKind.NodeNext },
  };
  const host = ts.createCompilerHost(options);
  const onDisk = { ...host };
  host.readFile = (path) => files.get(path) ?? onDisk.readFile(path);
  host.fileExists = (path) => files.has(path) || onDisk.fileExists(path);
  const program = ts.createProgram({ rootNames: [...files.keys()], options, host });
  return ts.getPreEmitDiagnostics(program).map(({ code, messageText, file, start }) => {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line + 1;
    return { code, text: `${file?.fileName}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}` };
  });
}

/** An example may take what its reader has (`images`, `variables`): names that nobody declares are no faults. */
function faultsOfExamples(files: ReadonlyMap<string, string>): string[] {
  return faultsOf(files)
    .filter(({ code }) => ![2304, 2552, 18004].includes(code))
    .map(({ text }) => text);
}

describe('the examples of the READMEs', () => {
  it('compile against the packages as they are built, and a wrong option does not', () => {
    const files = examples();
    expect(files.size).toBeGreaterThan(10);
    const wrong = join(root, 'packages', 'boxes', 'example-wrong.mts');
    files.set(wrong, "import { retinanetAnchors } from '@featuremine/boxes';\nretinanetAnchors('512', 512);\n");
    const faults = faultsOfExamples(files);
    expect(faults).toEqual([expect.stringContaining(`${wrong}:2: Argument of type 'string'`)]);
  });
});
