import { UserError } from '@featuremine/errors';

/** A network or a wish that a format has no form for, or an export that does not give what the network gives. */
export class ExportError extends UserError {}
