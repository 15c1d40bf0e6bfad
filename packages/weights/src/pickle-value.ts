/** A Python value that a restricted pickle may hold; dicts are Maps, tuples and lists are arrays. */
export type PickleValue =
  null | boolean | number | bigint | string | Uint8Array | PickleValue[] | Map<PickleValue, PickleValue> | PickleObject;

/** A value that `UnpickleOptions` made; its meaning is the maker's. */
export interface PickleObject {
  readonly kind: string;
}

/** A class or function that the pickle names: `call` is what the pickle may do with it. */
export interface PickleGlobal extends PickleObject {
  readonly kind: 'global';
  readonly name: string;
  call(args: readonly PickleValue[]): PickleValue;
}

/** Why a pickle is refused. */
export class PickleFault extends Error {}
