/** An error that another process of the same job tells the user of: commands end with its code and print nothing. */
export class ReportedElsewhere extends Error {
  constructor(readonly exitCode: number) {
    super('another process of the job reports the error');
    this.name = new.target.name;
  }
}
