import { z } from 'zod';
import { describeExpected, optionFields } from '../src';

describe('describeExpected', () => {
  it('says how many items a list has: as many, or at least so many', () => {
    const schema = z.object({
      five: z.array(z.number().min(4)).length(5),
      some: z.array(z.string()).min(1),
      any: z.array(z.string()),
    });
    expect(optionFields(schema).map((field) => describeExpected(field.schema))).toEqual([
      'a list of 5 numbers',
      'at least 1 of a list of texts',
      'a list of texts',
    ]);
  });
});
