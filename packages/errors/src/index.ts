export {
  UserError,
  DatasetError,
  ConfigError,
  WeightsError,
  ShapeError,
  CheckpointError,
  RuntimeError,
} from './user-error';
export type { FaultDescription } from './user-error';
export { FileError, fileErrorOf, fileFaultFound } from './file-error';
export { refuseAbsentClasses, refuseRepeatedClasses } from './named-classes';
export { nearestName } from './nearest-name';
export { parseJson } from './parse-json';
export { fromPortable, toPortable } from './portable-error';
export type { PortableError } from './portable-error';
export { ReportedElsewhere } from './reported-elsewhere';
