/** A figure: the picture, and its numbers. */
export interface FigureFiles {
  readonly svg: string;
  readonly csv: string;
}
