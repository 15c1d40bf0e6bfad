/** A step function did something that cannot be part of a graph: read a value, draw a number, used an unknown shape. */
export class RecordingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RecordingError';
  }
}
