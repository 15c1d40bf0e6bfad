import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const script = pathToFileURL(join(__dirname, '..', 'scripts', 'compare', 'between-marks.mjs')).href;

/** What the script gives for a page, in a process that reads it as it is. */
function put(page: string): { readonly stdout: string; readonly stderr: string } {
  const options = JSON.stringify({ name: 'recipes.md', start: '<a>', end: '</a>', text: 'new' });
  const code = `import { putBetweenMarks } from '${script}'; process.stdout.write(putBetweenMarks(${JSON.stringify(page)}, ${options}))`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
}

describe('putBetweenMarks', () => {
  it('replaces what is between the marks', () => {
    expect(put('before <a>old</a> behind').stdout).toBe('before <a>\n\nnew\n\n</a> behind');
  });

  it.each(['before old</a> behind', 'before <a>old behind', '</a> <a>'])('refuses the page "%s"', (page) => {
    expect(put(page)).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('recipes.md: it has no "<a>"') as string,
    });
  });
});
