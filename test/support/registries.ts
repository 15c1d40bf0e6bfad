import { spawnSync } from 'node:child_process';

/** What asks a registry for little; 10 seconds are enough for one that answers. */
const QUESTIONS: readonly (readonly string[])[] = [
  ['npm', 'ping', '--fetch-retries=0', '--fetch-timeout=10000'],
  ['python3', '-m', 'pip', 'index', 'versions', '--retries=0', '--timeout=10', 'tensorflow-cpu'],
];

/** Why packages cannot be downloaded here; undefined where npm and pip both reach their registries. */
export function whyNoDownloads(questions = QUESTIONS, env: NodeJS.ProcessEnv = process.env): string | undefined {
  for (const [program, ...argv] of questions) {
    const { status, stderr, error } = spawnSync(program, argv, { encoding: 'utf8', timeout: 60_000, env });
    if (status === 0) continue;
    const lines = (stderr ?? '').split('\n').filter((line) => /error/i.test(line));
    return `${program} reaches no registry (${lines[0]?.trim() ?? error?.message ?? `exit code ${status}`})`;
  }
  return undefined;
}
