import { defineConfig } from 'vitest/config';

const project = (name: string, timeout: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    environment: 'node',
    testTimeout: timeout,
    hookTimeout: timeout,
  },
});

export default defineConfig({
  test: {
    // Otherwise one processor stands idle, which is half of a small machine.
    maxWorkers: '100%',
    projects: [
      project('unit', 60_000),
      project('infra', 180_000),
      project('e2e', 300_000),
      project('attack', 180_000),
      // Needs an emulator of AWS, so `npm test` leaves it out and CI runs it.
      project('deployed', 600_000),
    ],
    coverage: {
      include: ['functions', 'infra', 'local', 'shared'].map((folder) => `${folder}/**/*.ts`),
      reporter: ['text-summary'],
    },
    reporters:
      process.env['CI'] === undefined
        ? ['default']
        : ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
  },
});
