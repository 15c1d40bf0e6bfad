import { CompiledModel, modelWithValues, zerosInit, type VariableSpec } from '../../src';

const bias: VariableSpec = {
  ...{ name: 'bias', shape: [2], initial: zerosInit },
  ...{ role: 'parameter', isTrainable: true, hasDecay: false },
};
const options = { variables: [bias], seed: 0 };
const dispose = jest.spyOn(CompiledModel.prototype, 'dispose');
beforeEach(() => dispose.mockClear());

describe('modelWithValues', () => {
  it('has the values', async () => {
    const model = await modelWithValues(options, new Map([['bias', Float32Array.of(1, 2)]]));
    expect(dispose).not.toHaveBeenCalled();
    expect((await model.readVariables()).get('bias')).toEqual(Float32Array.of(1, 2));
    await model.dispose();
  });

  it('keeps no model whose values do not fit', async () => {
    const values = new Map([['bias', Float32Array.of(1, 2, 3)]]);
    await expect(modelWithValues(options, values)).rejects.toThrow(/variable bias: 3 values, expected 2/);
    expect(dispose).toHaveBeenCalledTimes(1);
  });
});
