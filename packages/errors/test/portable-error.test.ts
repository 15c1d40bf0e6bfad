import * as errors from '../src';
import { fromPortable, toPortable, UserError } from '../src';

const description = { where: 'a.jpg', found: 'no image', fix: 'Replace it' };
const sent = (error: unknown): Error => {
  const plain = JSON.parse(JSON.stringify(toPortable(error))) as errors.PortableError;
  return fromPortable(plain, 'rank 3');
};

describe('an error that was sent', () => {
  const classes = Object.values(errors).filter(
    (value): value is typeof UserError => typeof value === 'function' && value.prototype instanceof UserError,
  );

  it('is of every kind of user error that there is', () => {
    expect(classes.map(({ name }) => name)).toContain('FileError');
    expect(classes.length).toBeGreaterThanOrEqual(7);
  });

  it.each(classes.map((errorClass) => [errorClass.name, errorClass] as const))('is a %s again', (name, errorClass) => {
    const error = sent(new errorClass(description));
    expect(error).toBeInstanceOf(errorClass);
    expect(error).toMatchObject({ name, description, message: 'a.jpg: no image. Replace it.' });
  });

  it('says where it happened if it is a fault of the program', () => {
    const error = sent(new TypeError('x is no function'));
    expect(error.message).toBe('rank 3: TypeError: x is no function');
    expect(error.stack).toMatch(/^rank 3: TypeError: x is no function\n.*portable-error/);
    expect(error).not.toBeInstanceOf(UserError);
    expect(sent('thrown text').message).toBe('rank 3: Error: thrown text');
  });
});
