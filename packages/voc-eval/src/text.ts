// The part that prints tables, apart from index.ts: they are made by command-line, which needs Node.
export { formatEvaluation } from './format-evaluation';
export { validationJson, validationText } from './validation-text';
