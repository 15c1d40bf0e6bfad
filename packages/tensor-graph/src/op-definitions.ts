import { bytesFrom, cApi, type Pointer } from './c-api';
import { OpDefMessage } from './protobuf';

/** How an op's definition groups its inputs: which arguments are single tensors and which are lists. */
export interface OpDefinition {
  readonly inputs: readonly { readonly name: string; readonly isList: boolean }[];
}

const known = new Map<string, OpDefinition>();

/** The definition of a registered op, by its name. @throws Error when TensorFlow has no such op */
export function opDefinition(graph: Pointer, name: string): OpDefinition {
  let definition = known.get(name);
  if (definition === undefined) {
    const bytes = bytesFrom(`op ${name}`, (buffer, status) => cApi().GraphGetOpDef(graph, name, buffer, status));
    const { inputArg } = OpDefMessage.decode(bytes);
    definition = {
      inputs: inputArg.map(({ name: input, numberAttr, typeListAttr }) => ({
        name: input,
        isList: numberAttr !== '' || typeListAttr !== '',
      })),
    };
    known.set(name, definition);
  }
  return definition;
}
