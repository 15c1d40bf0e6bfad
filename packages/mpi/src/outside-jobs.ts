import type { Command } from '@featuremine/command-line';
import { ConfigError, ReportedElsewhere } from '@featuremine/errors';
import { launchOf } from './launch';
import { messageTime } from './message-time';

/**
 * The commands of a program that do not join jobs: as one of several processes they refuse to run, with exit code 2, for
 * each process would do all of the work, and write the same files. Rank 0 says so.
 */
export function outsideJobs(
  program: string,
  commands: readonly Command[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Command[] {
  return commands.map((command) => ({
    ...command,
    run: async (options, context) => {
      await refuseJob(`${program} ${command.name}`, env);
      return command.run(options, context);
    },
  }));
}

async function refuseJob(where: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const launch = launchOf(env);
  if (launch === undefined || launch.size === 1) return;
  if (launch.rank > 0) {
    await messageTime();
    throw new ReportedElsewhere(2);
  }
  throw new ConfigError({
    where,
    found: `${launch.launcher} started ${launch.size} processes of it`,
    expected: 'one: only train shares its work out',
    fix: `Start it without ${launch.launcher}`,
  });
}
