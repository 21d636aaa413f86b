import { beforeEach, describe, expect, it, vi } from 'vitest';

/** The modules anew, as in a process in which no form was compiled yet. */
async function fresh() {
  const { loadEngines } = await import('../../../../../shared/form/expression/engines.ts');
  const { parseExpression } =
    await import('../../../../../shared/form/expression/parse-expression.ts');
  const { compileForm, loadEnginesOf } =
    await import('../../../../../shared/form/compile/compile-form.ts');
  return { loadEngines, parseExpression, compileForm, loadEnginesOf };
}

describe('the engines of expressions', () => {
  beforeEach(() => {
    vi.resetModules();
  });

  it.each(["regex(., 'a')", "digest(., 'MD5')"])(
    'are wanted before %s is parsed, whoever forgets it hears of it at once',
    async (source) => {
      const { parseExpression, loadEngines } = await fresh();
      expect(() => parseExpression(source)).toThrow(TypeError);
      await loadEngines([source]);
      expect(() => parseExpression(source)).not.toThrow();
    },
  );

  it('are found wherever a form may call them, with blanks before the parenthesis', async () => {
    const { compileForm, loadEnginesOf } = await fresh();
    const form = {
      survey: [
        { type: 'text', name: 'a', label: 'A', constraint: "regex \n (., 'a+')" },
        { type: 'calculate', name: 'b', calculation: 'concat(digest\t(${a}, "SHA-1"))' },
      ],
      choices: [],
      settings: { form_title: 'F', instance_name: "if(regex(${a}, 'b'), 'c', 'd')" },
    };
    expect(() => compileForm('f', form, new Map())).toThrow(TypeError);
    await loadEnginesOf(form);
    expect(compileForm('f', form, new Map()).errors).toEqual([]);
  });
});
