/** What the value of a parameter may be. */
export interface ParameterRule {
  readonly fits: (value: string) => boolean;
  /** What to write instead, the same in every language. */
  readonly expected: string;
}

/** A parameter of a question type, and the attribute that an XForm has it in. */
export interface TypeParameter extends ParameterRule {
  /** `none`: it is written in another way, or is no attribute. */
  readonly element: 'bind' | 'control' | 'none';
  readonly attribute: string;
}

export const words = (...allowed: readonly string[]): ParameterRule => ({
  fits: (value) => allowed.includes(value.toLowerCase()),
  expected: allowed.join(', '),
});
export const trueFalse = words('true', 'false');
export const whole: ParameterRule = {
  fits: (value) => /^\d{1,9}$/.test(value),
  expected: '0, 1, 2, …',
};
export const number: ParameterRule = {
  fits: (value) => /^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(value),
  expected: '5, 0.5, …',
};
export const anything: ParameterRule = { fits: () => true, expected: '' };
export const seed: ParameterRule = {
  fits: (value) => number.fits(value) || /^\$\{[^${}]{1,200}\}$/.test(value),
  expected: '42, ${name}',
};
export const packageName: ParameterRule = {
  fits: (value) => /^[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)+$/.test(value),
  expected: 'org.example.app',
};

export const onBind = (rule: ParameterRule, attribute: string): TypeParameter => ({
  ...rule,
  element: 'bind',
  attribute,
});
export const onControl = (rule: ParameterRule, attribute: string): TypeParameter => ({
  ...rule,
  element: 'control',
  attribute,
});
export const noAttribute = (rule: ParameterRule): TypeParameter => ({
  ...rule,
  element: 'none',
  attribute: '',
});
