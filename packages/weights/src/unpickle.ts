import { PickleMachine, type PickleReach } from './pickle-machine';
import { PICKLE_OPCODES, STOP } from './pickle-opcodes';
import { PickleFault, type PickleValue } from './pickle-value';

/** What a pickle may reach, and how large it may be. */
export interface UnpickleOptions extends PickleReach {
  /** Largest pickle that is read; 64 MiB by default. */
  readonly largestBytes?: number;
}

/** Values on the stack, in the memo and in containers are bounded by the opcodes; 50,000 file names take 0.3 million. */
const mostOpcodes = 2_000_000;
const defaultLargestBytes = 64 * 2 ** 20;

/**
 * Reads a pickle (protocol 2 to 5) of plain containers, without executing anything: every class or function that it
 * names goes through `options.global`, an allow-list, and the state given to an object (BUILD) goes to `options.build`.
 *
 * Throws PickleFault for an unknown name or opcode, for data that breaks off, and for more than two million opcodes.
 */
export function unpickle(bytes: Uint8Array, options: UnpickleOptions): PickleValue {
  const { largestBytes = defaultLargestBytes } = options;
  if (bytes.length > largestBytes) throw new PickleFault(`a pickle of ${bytes.length} bytes`);
  const machine = new PickleMachine(bytes, options);
  for (let count = 0; count < mostOpcodes; count++) {
    const code = machine.uint8();
    if (code === STOP) return machine.pop();
    const act = PICKLE_OPCODES.get(code);
    if (act === undefined) throw new PickleFault(`pickle opcode 0x${code.toString(16)} at byte ${machine.at - 1}`);
    act(machine);
  }
  throw new PickleFault(`a pickle of more than ${mostOpcodes} opcodes`);
}
