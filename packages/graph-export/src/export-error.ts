import { UserError } from '@featuremine/errors';

/** A network or a wish that a format has no form for, or an export that does not give what the network gives. */
export class ExportError extends UserError {}

/** The error for an exported file that its runtime does not take. */
export function unusable(where: string, runtime: string, cause: unknown): ExportError {
  const [reason] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  return new ExportError(
    {
      where,
      found: `${runtime} does not run it (${reason.slice(0, 300)})`,
      fix: 'Export it again; if that does not help, report it with this message',
    },
    { cause },
  );
}
