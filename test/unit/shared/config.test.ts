import { describe, expect, it } from 'vitest';
import {
  ConfigurationError,
  env,
  localConfig,
  publicUrl,
  readPublicUrl,
} from '../../../shared/config.ts';

describe('the address where clients find the service', () => {
  it.each([
    ['https://fiche.example.org', 'https://fiche.example.org'],
    ['https://fiche.example.org/', 'https://fiche.example.org'],
    ['http://192.168.1.20:3000', 'http://192.168.1.20:3000'],
    ['https://example.org/collecte//', 'https://example.org/collecte'],
  ])('%s is %s', (text, url) => {
    expect(readPublicUrl(text)).toBe(url);
    expect(publicUrl({ [env.publicUrl]: text })).toBe(url);
    expect(localConfig({ [env.publicUrl]: text }).publicUrl).toBe(url);
  });

  it.each([
    'fiche.example.org',
    'localhost:3000',
    'ftp://x',
    'https://u:p@x',
    'https://x/?y',
    'https://x/#y',
  ])('is not %s, and both languages say so', (text) => {
    expect(readPublicUrl(text)).toBeUndefined();
    expect(() => publicUrl({ [env.publicUrl]: text })).toThrow(ConfigurationError);
    expect(() => publicUrl({ [env.publicUrl]: text })).toThrow(/doit être[^]*must be/);
  });

  it('may be left to what requests say', () => {
    expect(publicUrl({})).toBeUndefined();
    expect(publicUrl({ [env.publicUrl]: '' })).toBeUndefined();
  });
});
