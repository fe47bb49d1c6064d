import { FAULTS, type Problem } from '@gatehouse/faults';
import type { Phrasebook } from './dialect.ts';

/** Looks up what a dialect says for a problem: its own words for the fault first, then those for its kind. */
export function phrase<Phrase>(book: Phrasebook<Phrase>, problem: Problem): Phrase {
  return book.faults[problem.code] ?? book.kinds[FAULTS[problem.code].kind];
}

/** One public sentence for a problem; wrong parameters are named. */
export function sentence(problem: Problem): string {
  if (problem.details !== undefined && problem.details.length > 0) {
    return problem.details.map(({ path, message }) => `${path} ${message}`).join('; ');
  }
  return problem.detail ?? problem.title;
}
