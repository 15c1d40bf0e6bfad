import type { Options } from 'yargs';
import type { Command } from './command';

const jsonFlag: Record<string, Options> = {
  json: { type: 'boolean', describe: 'Print the result as one JSON object on stdout', group: 'Common:' },
};
const debugFlag: Record<string, Options> = {
  debug: { type: 'boolean', describe: 'Print the stack of an error, and more about what is done', group: 'Common:' },
};
const configFlags: Record<string, Options> = {
  config: { type: 'string', describe: 'JSON file of options; --option and flags win over it', group: 'Common:' },
  option: { type: 'string', describe: 'key=value for one option, dots for nested ones; repeatable', group: 'Common:' },
};

/** Flags that commands have besides those of their schemas, without dashes: no schema may have a flag of such a name. */
export const COMMON_FLAGS: readonly string[] = [
  ...Object.keys({ ...jsonFlag, ...debugFlag, ...configFlags }),
  'help',
  'version',
];

/** The flags that a command has besides those of its schema, as yargs takes them; `help` and `version` are its own. */
export function commonFlags({ hasJson, hasConfig }: Command): Record<string, Options> {
  return { ...(hasJson ? jsonFlag : {}), ...debugFlag, ...(hasConfig ? configFlags : {}) };
}
