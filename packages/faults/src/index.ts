export { FAULT_CODES, FAULTS, type FaultBlame, type FaultCode, type FaultKind, isFaultCode } from './catalogue.ts';
export { badParameter, Fault, type FaultDetail, type FaultOptions } from './fault.ts';
export { OperatorError } from './operator-error.ts';
export { faultHeaders, PROBLEM_TYPE, type Problem, readProblem, toProblem } from './problem.ts';
