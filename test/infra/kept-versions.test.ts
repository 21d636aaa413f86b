import { describe, expect, it } from 'vitest';
import { synthesise } from './synthesise.ts';

describe('how many versions are kept', () => {
  it('is told to the operator’s tool as it is to the functions', () => {
    const { service } = synthesise({ keepVersions: 300, keepDays: 7 });
    service.hasOutput('KeepVersions', { Value: '300' });
    service.hasOutput('KeepDays', { Value: '7' });
    service.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { FICHE_KEEP_VERSIONS: '300', FICHE_KEEP_DAYS: '7' } },
    });
  });

  it('is the default of both when nobody has said', () => {
    const { service } = synthesise();
    expect(service.findOutputs('KeepVersions')).toEqual({});
    expect(service.findOutputs('KeepDays')).toEqual({});
  });
});
