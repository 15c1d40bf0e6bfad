import { silentLogger, type CommandContext } from '@featuremine/command-line';
import { UserError } from '@featuremine/errors';
import type { Collective } from './collective';
import { joinJob, type Job } from './join-job';
import { messageTime } from './message-time';
import { isAgreed } from './together';

/**
 * Runs a command as one rank of the job that it was started in. Rank 0 speaks for all: the others get a context that
 * prints nothing.
 *
 * An error that all ranks know of (see `together`) ends each of them in order. Any other one is printed by the rank that
 * has it, and ends the whole job a second later, because the others would wait for it for ever.
 *
 * @throws RuntimeError when the job cannot be joined
 */
export async function asJob<T>(
  context: CommandContext,
  work: (collective: Collective, context: CommandContext) => Promise<T>,
): Promise<T> {
  const job = joinJob();
  const { rank, size } = job.collective;
  try {
    const result = await work(job.collective, rank === 0 ? context : quiet(context));
    await job.leave();
    return result;
  } catch (error) {
    if (size > 1) await end(job, error, context);
    throw error;
  }
}

async function end(job: Job, error: unknown, { log, debug }: CommandContext): Promise<void> {
  if (isAgreed(error)) return job.leave();
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  log.error(`rank ${job.collective.rank}: ${debug ? (stack ?? message) : message}`);
  await messageTime();
  job.abort(error instanceof UserError ? error.exitCode : 1);
}

function quiet({ json, debug }: CommandContext): CommandContext {
  return {
    json,
    debug,
    log: silentLogger,
    output: () => undefined,
    outputFile: () => Promise.resolve(),
    print: () => undefined,
  };
}
