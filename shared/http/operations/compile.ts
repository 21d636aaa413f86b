import type { OperationRow } from './operation.ts';

const time = '2027-01-31T08:00:00.000Z';

/** Compiles, and what they find out about the network. */
export const compile = [
  {
    method: 'POST',
    path: '/v1/compile',
    operation: 'startCompile',
    door: 'datasets',
    access: 'coordinator',
    limit: 'compile',
    summary: { fr: 'Lance une compilation.', en: 'Starts a compile.' },
    responses: { 202: ({ StartedRun }) => StartedRun },
    example: { url: '/v1/compile', answer: { runId: 'run-1' } },
  },
  {
    method: 'GET',
    path: '/v1/compile/{runId}',
    operation: 'getCompile',
    door: 'datasets',
    access: 'coordinator',
    limit: 'usual',
    summary: { fr: 'Où en est une compilation.', en: 'How a compile stands.' },
    responses: { 200: ({ Run }) => Run },
    example: {
      url: '/v1/compile/run-1',
      answer: {
        runId: 'run-1',
        state: 'done',
        startedAt: time,
        endedAt: time,
        datasets: [{ dataset: 'activity', version: null, rows: 40, changed: false }],
      },
    },
  },
  {
    method: 'GET',
    path: '/v1/coverage',
    operation: 'getCoverage',
    door: 'datasets',
    access: 'coordinator',
    limit: 'usual',
    summary: { fr: 'Qui a répondu à quoi.', en: 'Who has answered what.' },
    responses: { 200: ({ Coverage }) => Coverage },
    example: {
      url: '/v1/coverage',
      answer: {
        asOf: '2027-01-31',
        forms: [
          {
            formId: 'activity',
            title: { fr: 'Activité' },
            due: '2027-01-15',
            expected: 12,
            answered: 9,
            overdue: 3,
            organisations: [],
          },
        ],
      },
    },
  },
  {
    method: 'GET',
    path: '/v1/duplicates',
    operation: 'getDuplicates',
    door: 'datasets',
    access: 'coordinator',
    limit: 'usual',
    summary: {
      fr: 'Les organisations et initiatives qui ont probablement deux noms.',
      en: 'Organisations and initiatives that are likely to have two names.',
    },
    responses: { 200: ({ Duplicates }) => Duplicates },
    example: { url: '/v1/duplicates', answer: { version: '1', cutOff: time, count: 0, items: [] } },
  },
  {
    method: 'GET',
    path: '/v1/coverage/reminders',
    operation: 'listReminders',
    door: 'datasets',
    access: 'coordinator',
    limit: 'usual',
    summary: {
      fr: 'Un rappel prêt à envoyer par organisation.',
      en: 'A reminder ready to send for each organisation.',
    },
    request: ({ strictObject, oneOf }) => ({
      query: strictObject({ language: oneOf(['fr', 'en']).optional() }),
    }),
    responses: { 200: ({ listOf, Reminder }) => listOf(Reminder) },
    example: {
      url: '/v1/coverage/reminders?language=fr',
      answer: {
        items: [
          {
            organisation: 'atelier',
            name: 'Atelier des droits',
            contact: null,
            mailto: null,
            subject: 'Une fiche reste à envoyer',
            text: 'Bonjour…',
            forms: [{ formId: 'activity', state: 'overdue', due: '2027-01-15', daysOverdue: 16 }],
          },
        ],
        next: null,
      },
    },
  },
] as const satisfies readonly OperationRow[];
