import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  joinPlan,
  s3PartLimits,
  type JoinStep,
  type Piece,
} from '../../../../shared/objects/s3-join.ts';

const limits = { least: 5, most: 20, parts: 10_000 };
const piecesOf = (step: JoinStep): readonly Piece[] =>
  step.kind === 'copy' ? [step.piece] : step.pieces;
const bytesOf = (step: JoinStep): number =>
  piecesOf(step).reduce((sum, { start, end }) => sum + end - start + 1, 0);

describe('the plan of a join', () => {
  it('takes every byte once, in order, in parts as long as S3 wants them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 90 })), (sizes) => {
        const plan = joinPlan(sizes, limits);
        const taken = plan
          .flatMap(piecesOf)
          .flatMap(({ source, start, end }) =>
            Array.from({ length: end - start + 1 }, (_, index) => `${source}:${start + index}`),
          );
        const all = sizes.flatMap((size, source) =>
          Array.from({ length: size }, (_, index) => `${source}:${index}`),
        );
        expect(taken).toEqual(all);
        for (const [index, step] of plan.entries()) {
          expect(bytesOf(step)).toBeLessThanOrEqual(limits.most);
          if (index < plan.length - 1) expect(bytesOf(step)).toBeGreaterThanOrEqual(limits.least);
        }
      }),
    );
  });

  it('reads no more than the shortest part at a time, and nothing of what is long', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 90 })), (sizes) => {
        for (const step of joinPlan(sizes, limits)) {
          if (step.kind === 'send') expect(bytesOf(step)).toBeLessThanOrEqual(limits.least);
        }
      }),
    );
    expect(joinPlan([50, 40], limits).every(({ kind }) => kind === 'copy')).toBe(true);
  });

  it('refuses more parts than S3 takes', () => {
    const sizes = Array.from({ length: 10_001 }, () => s3PartLimits.least);
    expect(() => joinPlan(sizes)).toThrow(RangeError);
    expect(joinPlan(sizes.slice(1))).toHaveLength(10_000);
  });
});
