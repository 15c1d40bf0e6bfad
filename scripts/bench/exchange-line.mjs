// The part of a job's step that goes to summing gradients over its processes.

/** What each contender that is a job spends on it, where a row tells it. */
export function exchangeLine(contenders) {
  const jobs = Object.entries(contenders).filter(([, { exchangeMs }]) => exchangeMs !== undefined);
  if (jobs.length === 0) return undefined;
  const parts = jobs.map(([name, { exchangeMs, bareExchangeMs, medianMs }]) => {
    const share = ((100 * exchangeMs) / medianMs).toFixed(1);
    return (
      `${name}: ${exchangeMs.toFixed(0)} ms of a step of ${medianMs.toFixed(0)} ms (${share} %), waiting for the other ` +
      `process included; ${bareExchangeMs.toFixed(0)} ms when both are ready`
    );
  });
  return `All-reduce, ${parts.join(', ')}.`;
}
