import { frontDoor } from '../../shared/canary/visit.ts';
import { ConfigurationError, env, publicUrl } from '../../shared/config.ts';
import { describeError } from '../describe-error.ts';
import { stores } from '../stores.ts';
import { wrap } from '../wrap.ts';
import { canaryHandler, type Visited } from './handler.ts';

/** Whoever starts it by hand reads how it went; the schedule does not. */
type Verdict = (Visited & { readonly ok: true }) | { readonly ok: false; readonly failed: string };

const failed = (value: 0 | 1) => ({ name: 'CanaryFailed', unit: 'Count', value }) as const;

export const handler = wrap<unknown, Verdict>({
  service: 'canary',
  create: () => {
    const url = publicUrl();
    if (url === undefined) throw new ConfigurationError(`${env.publicUrl} is not set.`);
    const visitOnce = canaryHandler({ ...stores(), open: (token) => frontDoor(url, token) });
    return async () => ({ ok: true, ...(await visitOnce()) });
  },
  subject: () => ({ operation: 'visit', requestId: 'none' }),
  outcome: (verdict) => ({
    measures: verdict.ok
      ? [failed(0), { name: 'CanaryMs', unit: 'Milliseconds', value: verdict.ms }]
      : [failed(1)],
  }),
  // It has done its work: it tells. Failing would have Lambda try again.
  failure: (error) => {
    const { name, code } = describeError(error);
    return {
      response: { ok: false, failed: code === undefined ? name : `${name}: ${code}` },
      outcome: { code: code ?? name, measures: [failed(1)] },
    };
  },
});
